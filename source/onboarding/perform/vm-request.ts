/** A request without a body on a loopback port of the VM. */
export type VmRequest = {readonly method: 'GET' | 'POST'; readonly port: number; readonly path: string};

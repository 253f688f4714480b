/** A VM of the sandbox and its WorkloadEntry. */
export type VmPlan = {
	/** Name of the entry; the VM's hostname is the app's. */
	readonly name: string;
	readonly namespace: string;
	readonly app: string;
	readonly version: string;
	readonly address: string;
	readonly port: number;
	readonly network: string;
	readonly serviceAccount: string;
	/** How long its disk and network take, as a multiple of what is usual: no two VMs are alike. */
	readonly pace: number;
	/** Days since its entry was made. */
	readonly age: number;
};

/** Prepared and started a week ago, with a token that has ended since: its proxy does not get ready. */
export const stuckVm: VmPlan = {
	name: 'orders-vm',
	namespace: 'payments',
	app: 'orders',
	version: 'v2',
	address: '10.128.0.5',
	port: 8081,
	network: 'vm-net',
	serviceAccount: 'orders',
	pace: 1,
	age: 9,
};

/** What the demo shows: three VMs to bring into the mesh, and one whose proxy does not get ready. */
export const scenario: readonly VmPlan[] = [
	{
		name: 'ratings-vm',
		namespace: 'bookinfo',
		app: 'ratings',
		version: 'v3',
		address: '10.128.0.2',
		port: 9080,
		network: 'cluster-net',
		serviceAccount: 'bookinfo-ratings',
		pace: 1,
		age: 2,
	},
	{
		name: 'reviews-vm',
		namespace: 'bookinfo',
		app: 'reviews',
		version: 'v4',
		address: '10.128.0.3',
		port: 9080,
		network: 'cluster-net',
		serviceAccount: 'bookinfo-reviews',
		pace: 0.5,
		age: 2,
	},
	{
		name: 'ledger-vm',
		namespace: 'payments',
		app: 'ledger',
		version: 'v1',
		address: '10.128.0.4',
		port: 8080,
		network: 'cluster-net',
		serviceAccount: 'ledger',
		pace: 1.6,
		age: 2,
	},
	stuckVm,
];

/** Account and directory of the proxy on every VM, as the guide has them. */
export const proxyUser = 'istio-proxy';
export const configDir = '/etc/istio-proxy';

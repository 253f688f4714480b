import type {Gateway, MeshSettings} from '../../mesh/target.ts';
import {istiodHost} from './proxy-config.ts';

/**
 * `hosts`, for `/etc/hosts`: istiod's name at the gateway's address. Empty where that is a name, which `/etc/hosts` cannot hold;
 * `resolved`, an address of that name, is used then (istioctl leaves the file empty and says that all went well).
 */
export function hostsLine(mesh: MeshSettings, gateway: Gateway | undefined, resolved?: string): string {
	const ip = gateway?.isIp === true ? gateway.address : resolved;
	return ip === undefined ? '' : `${ip} ${istiodHost(mesh)}\n`;
}

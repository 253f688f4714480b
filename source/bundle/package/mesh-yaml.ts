import {orderProxyConfig, type ProxyConfig} from '../../mesh/proxy-config.ts';
import {goYaml} from '../go-yaml.ts';

/** `mesh.yaml`, for `/etc/istio/config/mesh`: the proxy's own MeshConfig, in the bytes in which istioctl writes it. */
export function meshYaml(config: ProxyConfig): string {
	return goYaml({defaultConfig: orderProxyConfig(config)});
}

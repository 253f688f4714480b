import type {MeshSettings, Sourced} from './target.ts';

/**
 * With which variables the agent of an image is told the name of istiod's certificate, where it dials istiod at another address
 * (the DNS name of a load balancer). `CA_SNI`, with `PILOT_SNI`: the agents of Tetrate, for which the original writes them.
 * `ISTIOD_SAN`: those of Istio, which ignore the former (istio/istio, pilot/cmd/pilot-agent/options; since 1.10). It holds for
 * certificates only while `CA_ADDR` is empty, when the agent asks istiod for them (options/security.go).
 */
export type AgentVariables = {readonly name: 'CA_SNI' | 'ISTIOD_SAN'; readonly why: string};

/**
 * Which of them an image reads; no agent reads both. An image says it in its name: `tetrate` in hub or tag is Tetrate's, a hub
 * `…/istio` or a release registry of Istio is Istio's. A mirror with a name of its own follows the mesh: one of Tetrate's control
 * plane runs Tetrate's proxies. The default image was chosen by nobody and follows the mesh as well.
 */
export function agentVariables(image: Sourced<string>, {tetrate}: Pick<MeshSettings, 'tetrate'>): AgentVariables {
	if (/tetrate/i.test(image.value)) return {name: 'CA_SNI', why: 'an image of Tetrate'};
	if (image.source !== 'default' && istios.test(image.value)) return {name: 'ISTIOD_SAN', why: 'an image of Istio'};
	return tetrate
		? {name: 'CA_SNI', why: "the image of a mesh of Tetrate's"}
		: {name: 'ISTIOD_SAN', why: 'an image that is not of Tetrate'};
}

/** `docker.io/istio/proxyv2:1.30.0`, `registry.example.com:5000/istio/proxyv2`, `gcr.io/istio-release/…`, `registry.istio.io/release/…`. */
const istios = /(?:^|\/)(?:istio|istio-release|istio-testing|registry\.istio\.io\/[^/]+)\/[^/]+$/;

/*
 * The parts of client-node that meshboard uses, by name, so that a bundler drops the other 15 MB.
 * `WebSocketHandler` is not among the package's main exports.
 */
export {Exec, KubeConfig, PortForward} from '@kubernetes/client-node';
export {WebSocketHandler} from '@kubernetes/client-node/dist/web-socket-handler.js';

import {type Command, Option} from 'commander';
import type {BootstrapFlags} from './bootstrap-flags.ts';
import {addConnectionFlags, duration, imageOption, layoutOption} from './flags.ts';
import {outputOption} from './output-format.ts';

/** Runs a command's handler with the flags of the command line; commander hands them over untyped. */
type Act = (
	run: (flags: BootstrapFlags, targets: readonly string[]) => Promise<number>,
) => (...words: unknown[]) => Promise<void>;

/** `meshboard bootstrap`, tctl's command with its flags (docs/bootstrap.md tells where it differs). */
export function registerBootstrap(program: Command, act: Act): void {
	addConnectionFlags(program.command('bootstrap'), 'the user who runs it')
		.alias('sidecar-bootstrap')
		.description(
			"tctl's sidecar-bootstrap: puts a proxy's files onto VMs, or saves them for VMs that SSH does not reach",
		)
		.argument('[targets...]', '<entry>[.<namespace>]')
		.option('-a, --all', 'every WorkloadEntry of the namespace (of all with -A)')
		.option('--start-istio-proxy', "also start the proxy's container; without it only files are put on the VM")
		.option('-d, --output-dir <folder>', 'save the files into an empty or new folder instead of putting them on the VM')
		.option('-o, --archive', 'save them as .tgz under a name of its own')
		.option('--output-file <file>', 'save them as .tgz in this file')
		.addOption(imageOption())
		.addOption(layoutOption())
		.option('--group <group>', "istioctl's files for a VM of this WorkloadGroup, <group>[.<namespace>]")
		.option('-f, --file <file>', 'the same for the WorkloadGroup in this file')
		.option('--internalIP <ip>', 'the IP of the VM of a group, on one of its interfaces')
		.option('--externalIP <ip>', 'the IP of the VM of a group, on none of its interfaces')
		.option('--autoregister', 'istiod makes the entry of the VM of a group when its proxy connects')
		.option('--clusterID <id>', "the cluster's id in the files of a group, instead of the mesh's")
		.addOption(
			new Option('--capture-dns <yes>', "names of the mesh go through the proxy's DNS (true)").choices([
				'true',
				'false',
			]),
		)
		.option('--dry-run', "print the plan with every file's content; no token is issued, nothing is changed")
		.option('--docs', 'print the annotations of a WorkloadEntry that count')
		.option('--duration <duration>', 'lifetime of the token (24h0m0s)', duration(600, 315_360_000))
		.option('--ssh-password', 'log in with a password, which is asked for, and with no key')
		.option('--ssh-connect-timeout <duration>', 'until an SSH connection must stand (10s)', duration(1, 3600))
		.option('--ignore-host-keys', 'take unknown host keys without saving them; a changed one is refused all the same')
		.option('-c, --kubeconfig <file>', 'kubeconfig file')
		.option('--meshConfigMapName <name>', 'ConfigMap with the configuration of the mesh (istio)')
		.option('--injectConfigMapName <name>', "ConfigMap with the injector's values (istio-sidecar-injector)")
		.option('--force', 'replace what is on the VM even when it is unchanged')
		.option('-y, --yes', 'do not ask before a VM is changed')
		.addOption(outputOption(['text', 'json', 'ndjson'], {short: false}))
		.action(act(async (flags, targets) => (await import('./bootstrap.ts')).bootstrap(flags, targets)));
}

import {posix} from 'node:path';
import type {FindingId} from '../../../diagnosis/catalogue.ts';
import {installPackage} from '../../../vm/package-commands.ts';
import type {PackageFacts} from '../../../vm/package-facts.ts';
import {parsePackageProbe} from '../../../vm/package-probe.ts';
import {type Refusal, refusalOf} from '../../../vm/package-refusal.ts';
import {plainLines} from '../../../vm/plain-text.ts';
import {type Action, type Procedure, perform, type Upload} from '../../action.ts';
import type {Outcome, Step, StepContext} from '../../step.ts';
import {followPackages, type PackageEnd, runPackages, startPackages} from '../prepare/packages.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {packageProbe} from './on-vm.ts';

/** Installs the package that was given, where the VM has none; with `--force` over the one that is there. */
export const installStep: Step = {
	id: 'bootstrap.install',
	phase: 'bootstrap',
	title: "Install Istio's package",
	plan: ({options}) => actionsFor(options.package),
	*run(context) {
		const {options} = context;
		const before = yield* look(context);
		if (before === undefined) return unread;
		const keep = before.version !== '' && !(options.force && options.package !== undefined);
		if (keep && !before.installing) return alreadyThere(before);
		const end = before.installing ? yield* followPackages() : yield* install(options.package);
		if (end === undefined) {
			const summary = 'The package istio-sidecar is not on the VM, and none was given to install.';
			return stoppedBy(findingAbout(context, 'vm.runtime-missing', [], summary));
		}
		if (end.timedOut) {
			return {
				status: 'failed',
				detail: 'The package manager has not ended yet; it goes on on the VM. Try again to go on waiting for it.',
				changed: true,
			};
		}
		const after = yield* look(context);
		if (end.code !== 0 || after === undefined || after.version === '') return notInstalled(context, end);
		return {
			status: 'succeeded',
			detail: `istio-sidecar ${after.version}, installed`,
			changed: true,
			facts: {package: after},
		};
	},
};

function upload(path: string): Upload {
	const name = path.endsWith('.rpm') ? 'istio-sidecar.rpm' : 'istio-sidecar.deb';
	return {kind: 'upload', from: path, to: posix.join('/var/cache/meshboard', name), changes: true};
}

function actionsFor(path: string | undefined): readonly Action[] {
	return path === undefined ? [] : [upload(path), startPackages(installPackage(upload(path).to))];
}

function* look({target}: StepContext): Procedure<PackageFacts | undefined> {
	return parsePackageProbe((yield* perform(packageProbe(target))).stdout);
}

function* install(path: string | undefined): Procedure<PackageEnd | undefined> {
	if (path === undefined) return undefined;
	const action = upload(path);
	yield* perform(action);
	return yield* runPackages(installPackage(action.to));
}

const unread: Outcome = {
	status: 'failed',
	detail: 'The VM could not be read as root: its answer had no end. Try again.',
};

function alreadyThere(found: PackageFacts): Outcome {
	return {status: 'skipped', detail: `istio-sidecar ${found.version} is there already`, facts: {package: found}};
}

const findings: Readonly<Record<NonNullable<Refusal['cause']>, FindingId>> = {
	architecture: 'vm.arch-mismatch',
	disk: 'vm.disk-unwritable',
};

function notInstalled(context: StepContext, end: PackageEnd): Outcome {
	const {cause, line} = refusalOf(end.text);
	const id = cause === undefined ? 'vm.runtime-missing' : findings[cause];
	const summary = `The package could not be installed: ${line || `exit code ${end.code ?? 'unknown'}`}`;
	const evidence = [{source: `package manager (exit code ${end.code ?? 'unknown'})`, text: plainLines(end.text, 10)}];
	return stoppedBy(findingAbout(context, id, evidence, summary), {changed: true});
}

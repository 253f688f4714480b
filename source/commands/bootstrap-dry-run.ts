import {bundleFiles} from '../bundle/files.ts';
import {packageFiles} from '../bundle/package/files.ts';
import {hostsFile, places} from '../bundle/package/placed.ts';
import {exitCodeOf} from '../diagnosis/exit-code.ts';
import type {Target} from '../mesh/target.ts';
import {bundleFaults} from '../onboarding/bundle-faults.ts';
import {causeOf} from '../onboarding/failure.ts';
import type {RunPlan} from '../onboarding/session.ts';
import {audience, subjectOf} from '../onboarding/steps/bootstrap/token-fault.ts';
import {readableSeconds} from '../output/readable-seconds.ts';
import {sanitise} from '../output/sanitise.ts';
import type {Planned} from './bootstrap-planned.ts';
import {failureAsJson, tellFailures} from './failures.ts';
import type {Claims, FilePlan, PlannedFile, PlansLine, PlansOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {planAsJson, printPlan} from './print-plan.ts';

/**
 * The plan of each target with the content of every file, of a token its claims: what a pipeline reviews, or makes its own files of. A target
 * of which no bundle can be made counts as failed. Answers the exit code.
 */
export function printDryRun({plans, failures}: Planned, format: OutputFormat = 'text'): number {
	const faults = plans.map(({target}) => bundleFaults(target)).filter((found) => found.length > 0);
	if (format === 'text') {
		tellFailures(failures);
		for (const plan of plans) printTarget(plan);
	} else if (format === 'json') {
		printJson({plans: plans.map(asJson), failed: failures.map(failureAsJson)} satisfies PlansOutput);
	} else {
		printNdjson([...plans.map(asJson), ...failures.map(failureAsJson)] satisfies readonly PlansLine[]);
	}
	return exitCodeOf([...failures.map(causeOf), ...faults.map((findings) => causeOf({findings}))]);
}

function asJson(plan: RunPlan): FilePlan {
	return {...planAsJson(plan), files: filesOf(plan.target)};
}

function filesOf(target: Target): readonly PlannedFile[] {
	const isPackage = target.layout.value === 'package';
	return (isPackage ? packageFiles(target) : bundleFiles(target)).map(({name, mode, content}) => ({
		path: isPackage ? placeOf(name) : `${target.configDir.value.replace(/\/+$/, '')}/${name}`,
		mode: mode.toString(8).padStart(4, '0'),
		...(typeof content === 'string' ? {content} : {claims: claimsOf(target)}),
	}));
}

function placeOf(name: string): string {
	return name in places ? places[name as keyof typeof places] : hostsFile;
}

function claimsOf({entry, tokenSeconds}: Target): Claims {
	return {aud: [audience], sub: subjectOf(entry), seconds: tokenSeconds.value};
}

function printTarget(plan: RunPlan): void {
	printPlan([plan]);
	for (const file of filesOf(plan.target)) {
		const text =
			'content' in file
				? file.content
				: `[token: audience ${file.claims.aud.join(', ')}, subject ${file.claims.sub}, lifetime ${readableSeconds(file.claims.seconds)}; issued when this is carried out]`;
		const lines = text.replace(/\n$/, '').split('\n').map(sanitise);
		process.stdout.write(
			`  ${sanitise(file.path)}, mode ${file.mode}:\n${lines.map((line) => `      ${line}\n`).join('')}\n`,
		);
	}
}

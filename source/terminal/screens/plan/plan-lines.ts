import type {Sourced, Target} from '../../../mesh/target.ts';
import {describeAction} from '../../../onboarding/describe.ts';
import type {RunPlan} from '../../../onboarding/session.ts';
import {counted} from '../../text/counted.ts';
import {command, findingLines, heading, labelled, paragraph} from '../../text/document.ts';
import {duration} from '../../text/duration.ts';
import {type Line, span} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';

/** What confirming would do, for `width` columns; `starts`: the line on which each target begins. */
export type PlanText = {readonly lines: readonly Line[]; readonly starts: readonly number[]};

let last: {plans: readonly RunPlan[]; glyphs: Glyphs; width: number; text: PlanText} | undefined;

/** The plans as lines; made once for each set of plans and width. */
export function planLines(plans: readonly RunPlan[], glyphs: Glyphs, width: number): PlanText {
	if (last?.plans === plans && last.glyphs === glyphs && last.width === width) return last.text;
	const lines: Line[] = [];
	const starts: number[] = [];
	for (const plan of plans) {
		if (lines.length > 0) lines.push([]);
		starts.push(lines.length);
		lines.push(...targetLines(plan, glyphs, width));
	}
	last = {plans, glyphs, width, text: {lines, starts}};
	return last.text;
}

function targetLines({target, steps, options}: RunPlan, glyphs: Glyphs, width: number): readonly Line[] {
	const errors = target.problems.filter(({severity}) => severity === 'error').length;
	return [
		[
			span(`${glyphs.rule}${glyphs.rule} ${target.ref} `, 'title'),
			errors === 0
				? span(`${glyphs.good} can be onboarded`, 'good')
				: span(`${glyphs.bad} ${counted(errors, 'error')}: stops before the VM is changed`, 'bad'),
		],
		...target.problems.flatMap((problem) => findingLines(problem, glyphs, width)),
		...valueLines(target, options.prepare, width),
		...heading('Steps'),
		...steps.flatMap((step) => [
			...paragraph([span(`  ${step.phase.padEnd(10)}`, 'dim')], step.title, width),
			...step.actions.flatMap((action) => command(describeAction(action, target), width, 12)),
		]),
	];
}

/** Every value with where it came from. */
function valueLines(target: Target, prepare: boolean, width: number): readonly Line[] {
	const {ssh, gateway} = target;
	const line = (label: string, value: string, from: string) =>
		labelled(`  ${label}`, from === '' ? value : `${value}  (${from})`, width, 18);
	const sourced = (label: string, sourcedValue: Sourced<unknown> | undefined, otherwise: string) =>
		sourcedValue === undefined || isMissing(sourcedValue.value)
			? line(label, otherwise, '')
			: line(label, shown(sourcedValue.value), origin(sourcedValue));
	return [
		...sourced('ssh host', ssh.host, 'unknown'),
		...sourced('ssh port', ssh.port, '~/.ssh/config, else 22'),
		...sourced('ssh user', ssh.user, '~/.ssh/config, else your own name'),
		...sourced('ssh key', ssh.key, 'ssh-agent, ~/.ssh/config, default keys'),
		...sourced('jump hosts', ssh.jump, '~/.ssh/config, else none'),
		...sourced('host keys', ssh.hostKeys, 'ask'),
		...(prepare ? sourced('admin user', target.adminUser, 'as the ssh user') : []),
		...sourced('directory', target.configDir, 'unknown'),
		...sourced('container', target.containerName, 'unknown'),
		...sourced('image', target.image, 'unknown'),
		...sourced('instance ip', target.instanceIp, 'unknown: the entry gives no IP'),
		...sourced('interception', target.interceptionMode, 'NONE'),
		...(gateway === undefined
			? line('gateway', 'none', '')
			: line(
					'gateway',
					`${gateway.address}${gateway.ports.length > 0 ? ` ports ${gateway.ports.join(', ')}` : ''}`,
					gateway.origin,
				)),
		...line(
			'token',
			`${duration(target.tokenSeconds.value * 1000)} for ${target.entry.serviceAccount || 'no service account'}`,
			origin(target.tokenSeconds),
		),
		...(target.ingress.length === 0
			? []
			: line('inbound', target.ingress.map((each) => `${each.port} to ${each.defaultEndpoint}`).join(', '), 'Sidecar')),
	];
}

function origin({source, detail}: Sourced<unknown>): string {
	return detail === undefined || detail === '' ? source : `${source} ${detail}`;
}

function isMissing(value: unknown): boolean {
	return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function shown(value: unknown): string {
	return Array.isArray(value) ? value.join(', ') : String(value);
}

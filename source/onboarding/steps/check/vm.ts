import {parseInterception} from '../../../vm/interception/parse-interception.ts';
import {parseProbe} from '../../../vm/parse-probe.ts';
import {probeCommand} from '../../../vm/probe.ts';
import {type Answers, performAll} from '../../action.ts';
import {isOutOfReach} from '../../out-of-reach.ts';
import type {Step} from '../../step.ts';
import {engineName} from '../engine-name.ts';
import {interceptionVerdicts} from '../interception/judge.ts';
import {asAdmin, interceptionLook} from '../interception/look.ts';
import {staleEntry} from './stale-entry.ts';
import {triedAsAdmin} from './unprepared.ts';
import {outcomeOf} from './verdict.ts';
import {addressesRule} from './vm/addresses.ts';
import {clockRule} from './vm/clock.ts';
import {confinementRule} from './vm/confinement.ts';
import {copyRule} from './vm/copy.ts';
import {directoryRule} from './vm/directory.ts';
import {diskRule} from './vm/disk.ts';
import {engineRule} from './vm/engine.ts';
import {inboundRule} from './vm/inbound.ts';
import {proxiesRule} from './vm/proxies.ts';
import {rebootRule} from './vm/reboot.ts';
import {selinuxRule} from './vm/selinux.ts';
import type {Rule} from './vm/subject.ts';
import {systemRule} from './vm/system.ts';
import {waysOutRule} from './vm/ways-out.ts';

// In the order in which causes explain each other: entry, VM, proxy, listener.
const rules: readonly Rule[] = [
	addressesRule,
	systemRule,
	engineRule,
	waysOutRule,
	confinementRule,
	directoryRule,
	diskRule,
	clockRule,
	rebootRule,
	selinuxRule,
	copyRule,
	proxiesRule,
	inboundRule,
];

/** The VM as the SSH user finds it, in one round trip; what redirects its traffic as whoever may read that. */
export const vmStep: Step = {
	id: 'check.vm',
	phase: 'check',
	title: 'Check the VM',
	plan: () => [],
	*run(context) {
		const {target, facts, options} = context;
		const asked = {configDir: target.configDir.value, runtime: target.runtime.value, image: target.image.value};
		const rulesLook = interceptionLook(target);
		const probe = {kind: 'exec', as: 'user', command: probeCommand(asked), changes: false} as const;
		let answers: readonly [Answers['exec'], Answers['exec']];
		try {
			answers = yield* performAll(probe, rulesLook);
		} catch (error) {
			const known = isOutOfReach(error) ? yield* staleEntry(context, error) : yield* triedAsAdmin(context, error);
			if (known === undefined) throw error;
			return known;
		}
		const [result, said] = answers;
		const serverTime = facts.serverTime?.();
		const vm = parseProbe(result.stdout, asked);
		if (vm.kernel === '') {
			const how = result.ended === 'timed-out' ? 'no answer within the time limit' : 'it ended without an answer';
			return {status: 'failed', detail: `The VM could not be read: ${how}.`};
		}
		const intercepted = yield* asAdmin(target, rulesLook, parseInterception(said.stdout));
		const verdicts = [
			...rules.flatMap((rule) => rule({target, options, vm, serverTime})),
			...(intercepted === undefined ? [] : interceptionVerdicts(context, intercepted, 'before')),
		];
		return {
			...outcomeOf(verdicts, `${vm.os.prettyName}, ${engineName(target.runtime.value)} ${vm.docker.text}`),
			facts: {vm},
		};
	},
};

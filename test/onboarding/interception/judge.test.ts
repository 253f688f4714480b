import {describe, expect, it, test} from 'vitest';
import {exitCodes, UserError} from '../../../source/errors.ts';
import type {Target} from '../../../source/mesh/target.ts';
import {interceptionVerdicts} from '../../../source/onboarding/steps/interception/judge.ts';
import {lookAtInterception} from '../../../source/onboarding/steps/interception/look.ts';
import type {InterceptionFacts} from '../../../source/vm/interception/parse-interception.ts';
import {entryNamed, targetNamed} from '../../helpers/target.ts';
import {ran} from '../drive.ts';

const options = {task: 'verify', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
const intercepted: Partial<Target> = {
	layout: {value: 'package', source: 'flag'},
	interceptionMode: {value: 'REDIRECT', source: 'default'},
};
const rules = [
	':ISTIO_OUTPUT - [0:0]',
	'-A PREROUTING -p tcp -j ISTIO_INBOUND',
	'-A OUTPUT -j ISTIO_OUTPUT',
	'-A ISTIO_INBOUND -p tcp -m tcp --dport 22 -j RETURN',
	'-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
];
const sound: InterceptionFacts = {
	rules,
	refusal: '',
	trouble: '',
	version: 'iptables v1.8.9 (nf_tables)',
	settings: {ISTIO_INBOUND_PORTS: '*'},
	sshPorts: [22],
	active: 'active',
	listening: [22, 15_001, 15_006],
	bridge: false,
	containers: [],
	nameservers: ['127.0.0.53'],
	lookup: {name: 'deb.example.org', past: '192.0.2.7', captured: '192.0.2.7'},
};
const nobodys = {name: 'deb.example.org', past: '', captured: ''};
const allOfDns = '-A ISTIO_OUTPUT_DNS -p udp -m udp --dport 53 -j REDIRECT --to-ports 15053';

type Case = {
	readonly title: string;
	readonly seen?: Partial<InterceptionFacts>;
	readonly target?: Partial<Target>;
	readonly before?: true;
	readonly id?: string;
};

const none: Partial<Target> = {interceptionMode: {value: 'NONE', source: 'default'}};
const port22 = {entry: entryNamed('ratings-vm', 'bookinfo', {ports: {http: 9080, ssh: 22}})};

test.each<Case>([
	{title: 'all as it should be'},
	{title: 'all as it should be, once more before a start', before: true},
	{title: 'a VM without a proxy yet', seen: {rules: [], active: '', listening: [22]}, before: true},
	{
		title: 'no module',
		seen: {rules: [], active: 'activating', trouble: "can't initialize iptables table `nat': Table does not exist"},
		id: 'iptables.unavailable',
	},
	{
		title: 'no module, before anything is set',
		seen: {rules: [], active: '', trouble: 'iptables v1.8.9: do you need to insmod?'},
		before: true,
		id: 'iptables.unavailable',
	},
	{title: 'no module, and nothing is to be intercepted', seen: {rules: [], trouble: 'insmod'}, target: none},
	{title: 'no rules', seen: {rules: []}, id: 'iptables.not-applied'},
	{title: 'no rules while the service is down', seen: {rules: [], active: 'failed'}},
	{title: 'no way in', seen: {rules: rules.slice(2, 3)}, id: 'iptables.not-applied'},
	{title: "rules in nftables' own tables", seen: {rules: ['table inet istio-proxy-nat {']}},
	{title: 'rules where nothing is intercepted', target: none, id: 'iptables.leftover-rules'},
	{title: 'those of a service that is to lose them', target: none, seen: {active: 'active'}, before: true},
	{
		title: 'those of one that is gone',
		target: none,
		seen: {active: 'inactive'},
		before: true,
		id: 'iptables.leftover-rules',
	},
	{title: 'none where nothing is intercepted', seen: {rules: []}, target: none},
	{title: 'the same jump twice', seen: {rules: [...rules, rules[2] ?? '']}, id: 'iptables.leftover-rules'},
	{
		title: 'a redirect to nowhere',
		seen: {active: 'inactive', listening: [22]},
		before: true,
		id: 'iptables.leftover-rules',
	},
	{title: 'a redirect to a proxy that just starts', seen: {active: 'activating', listening: [22]}},
	{title: 'containers beside it', seen: {bridge: true, containers: ['web bridge']}, id: 'iptables.docker-bypass'},
	{title: 'a bridge that nobody uses', seen: {bridge: true}},
	{
		title: 'containers that are thought of',
		seen: {bridge: true, containers: ['web bridge'], settings: {KUBE_VIRT_INTERFACES: 'docker0'}},
	},
	{title: 'sshd on a port that is taken', seen: {sshPorts: [22, 2222]}, id: 'iptables.ssh-captured'},
	{title: 'the same before a start, which frees it', seen: {sshPorts: [22, 2222]}, before: true},
	{title: "sshd's port among the workload's", target: port22, before: true, id: 'iptables.ssh-captured'},
	{
		title: 'a name that resolves only past the proxy',
		seen: {lookup: {name: 'deb.example.org', past: '192.0.2.7', captured: ''}},
		id: 'iptables.dns-capture',
	},
	{
		title: "a resolver of the VM's own whose questions are captured too",
		seen: {lookup: nobodys, rules: [...rules, allOfDns]},
		id: 'iptables.dns-capture',
	},
	{title: 'one that nobody captures', seen: {lookup: nobodys}},
	{
		title: 'one that is elsewhere',
		seen: {lookup: nobodys, rules: [...rules, allOfDns], nameservers: ['192.0.2.53']},
	},
	{title: 'no name that is known', seen: {lookup: undefined}},
])('$title → $id', ({seen = {}, target = {}, before, id}) => {
	const subject = {target: targetNamed('ratings-vm', 'bookinfo', {...intercepted, ...target}), options};
	const verdicts = interceptionVerdicts(subject, {...sound, ...seen}, before ? 'before' : 'running');
	expect(verdicts.flatMap(({findings}) => findings.map((found) => found.id))).toEqual(id === undefined ? [] : [id]);
	const wanted = id === undefined ? 'passed' : id === 'iptables.docker-bypass' ? 'warning' : 'failed';
	expect(verdicts[0]?.check.outcome).toBe(wanted);
});

describe('rules that may not be read', () => {
	const target = targetNamed('ratings-vm', 'bookinfo');
	const context = {target, options, facts: {}};
	const refused = '=rules 1\n|sudo: a password is required\n=unit 0\n';
	/** Who was asked, and what is known then. */
	const asked = (answer: (as: string) => string) => {
		const by: string[] = [];
		const procedure = lookAtInterception(context);
		let next = procedure.next();
		while (next.done !== true) {
			const action = next.value;
			if (action.kind !== 'exec') throw new Error(action.kind);
			by.push(action.as);
			try {
				next = procedure.next(ran(answer(action.as)));
			} catch (error) {
				next = procedure.throw(error);
			}
		}
		return {by, rules: next.value?.rules};
	};

	it('are asked of the admin account', () => {
		const seen = asked((as) => (as === 'user' ? refused : '=rules 0\n|-A OUTPUT -j ISTIO_OUTPUT\n=unit 0\n'));
		expect(seen).toEqual({by: ['user', 'admin'], rules: ['-A OUTPUT -j ISTIO_OUTPUT']});
	});

	it('stay unknown where that account does not get in, and are listed as such', () => {
		const seen = asked((as) => {
			if (as === 'user') return refused;
			throw new UserError({code: 'ssh.auth-failed', message: 'no', exitCode: exitCodes.notPermitted});
		});
		expect(seen).toEqual({by: ['user', 'admin'], rules: undefined});
		const [verdict] = interceptionVerdicts(context, {...sound, rules: undefined, refusal: 'no password'}, 'running');
		expect(verdict).toMatchObject({
			findings: [],
			check: {outcome: 'not-done', detail: 'could not be read: no password'},
		});
	});
});

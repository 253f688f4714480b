import {expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {newHome, run} from './process.ts';

/* `--dry-run`, with the built program on the sandbox: what scripts read. */

test('a plan is a line of ndjson, an item of json', async ({onTestFinished}) => {
	const sandbox = await openSandbox();
	onTestFinished(() => sandbox.close());
	const words = ['onboard', 'ratings-vm.bookinfo', 'ledger-vm.payments', '--dry-run'];
	const plan = async (format: string) => {
		const home = newHome();
		const ended = await run([...words, '--kubeconfig', sandbox.kubeconfig, '-o', format], home);
		expect(ended).toMatchObject({code: 0, stderr: ''});
		return ended.stdout;
	};
	const {plans} = JSON.parse(await plan('json'));
	expect(plans).toMatchObject([{target: 'ratings-vm.bookinfo'}, {target: 'ledger-vm.payments'}]);
	const lines = (await plan('ndjson')).trimEnd().split('\n');
	expect(lines.map((line) => JSON.parse(line))).toEqual(plans);
});

import {describe, expect, it} from 'vitest';
import {renderTemplate} from '../../source/sandbox/machine/docker/go-template.ts';

const container = {
	Name: '/istio-proxy',
	State: {Status: 'running', ExitCode: 0},
	Config: {Env: ['A=1', 'B=two words'], Labels: {}},
};

describe("docker's templates", () => {
	it.each([
		['{{.State.Status}} {{.State.ExitCode}}', 'running 0'],
		['{{json .Config.Env}}', '["A=1","B=two words"]'],
		['{{.Config.Env}}', '[A=1 B=two words]'],
		['{{range .Config.Env}}{{println .}}{{end}}', 'A=1\nB=two words\n'],
		['{{range $.Config.Labels}}x{{else}}none{{end}}', 'none'],
		['{{if eq .State.Status "running" "paused"}}yes{{else}}no{{end}}', 'yes'],
		['{{range .Config.Env}}{{$p := split . "="}}{{if ne (index $p 0) "A"}}{{index $p 1}}{{end}}{{end}}', 'two words'],
		['{{len .Config.Env}}\\t{{join .Config.Env ","}}', '2\tA=1,B=two words'],
		['plain', 'plain'],
	])('%s', (template, expected) => {
		expect(renderTemplate(template, container)).toBe(expected);
	});

	it('refuses what is not there, as docker does', () => {
		expect(() => renderTemplate('{{.Nothing}}', container)).toThrow('no entry for key "Nothing"');
		expect(() => renderTemplate('{{shout .Name}}', container)).toThrow('function "shout" not defined');
	});
});

import type {Notice} from './state/ui.ts';

const noticeFor = 6000;

/** Takes a notice of the last key away after a while: it would soon be untrue ("trying again"). Warnings wait for a key. */
export function forgetNotices(forget: () => void): {see(notice: Notice | undefined): void; stop(): void} {
	let told: Notice | undefined;
	let timer: NodeJS.Timeout | undefined;
	return {
		see(notice) {
			if (notice === told) return;
			told = notice;
			clearTimeout(timer);
			if (notice === undefined || notice.tone === 'warn' || notice.tone === 'bad') return;
			timer = setTimeout(forget, noticeFor);
			timer.unref();
		},
		stop: () => clearTimeout(timer),
	};
}

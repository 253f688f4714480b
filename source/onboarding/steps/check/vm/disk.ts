import {readableSize} from '../../../../output/readable-size.ts';
import {findingAbout} from '../../stopped-by.ts';
import {verdict} from '../verdict.ts';
import type {Rule} from './subject.ts';

const mebibyte = 1024;
/** KiB for an image that is still to be pulled, and for what runs then. */
const forImage = 1024 * mebibyte;
const forRunning = 100 * mebibyte;

/** `vm.disk-unwritable`: room for the bundle and for the image. */
export const diskRule: Rule = (subject) => {
	const {vm} = subject;
	const title = 'Disk space';
	const {configDir, engine} = vm.freeKib;
	if (configDir === undefined && engine === undefined) {
		return [verdict('vm.disk', title, 'not-done', 'df did not tell the free space')];
	}
	const needed = vm.imagePresent === true ? forRunning : forImage;
	const short = [
		...(configDir !== undefined && configDir < forRunning
			? [`${readableSize(configDir)} for ${vm.configDir.path}`]
			: []),
		...(engine !== undefined && engine < needed
			? [`${readableSize(engine)} for images, of ${readableSize(needed)} needed`]
			: []),
		...(vm.freeInodes === 0 ? [`no free inode for ${vm.configDir.path}`] : []),
	];
	if (short.length === 0)
		return [verdict('vm.disk', title, 'passed', `${readableSize(engine ?? configDir ?? 0)} free`)];
	const summary = `Too little room on the VM: ${short.join('; ')}.`;
	const evidence = short.map((text) => ({source: 'df -Pk', text}));
	return [
		verdict('vm.disk', title, 'failed', summary, [findingAbout(subject, 'vm.disk-unwritable', evidence, summary)]),
	];
};

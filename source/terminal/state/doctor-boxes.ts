import {usableWidth} from '../layout.ts';
import {doctorLayout, type PaneBox} from '../screens/doctor/layout.ts';
import {proxyLines} from '../screens/doctor/proxy-lines.ts';
import {defaultGlyphs} from '../theme.ts';
import {doctorItems, proxyInFocus} from './doctor-items.ts';
import type {Ui} from './ui.ts';
import type {World} from './world.ts';

/** Where the parts of the doctor's screen are, by what there is to show. */
export function doctorBoxes(ui: Ui, world: World): ReadonlyArray<readonly PaneBox[]> {
	const view = {now: world.now, width: usableWidth(world.size)};
	const proxy = proxyLines(proxyInFocus(ui, world), defaultGlyphs, view).length;
	return doctorLayout(world.size, ui.doctor, {causes: doctorItems(ui, world).length, proxy});
}

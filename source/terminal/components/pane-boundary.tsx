import {Component, type ReactNode} from 'react';
import {span} from '../text/line.ts';
import {wrap} from '../text/width.ts';
import {Lines} from './lines.tsx';

type PaneBoundaryProps = {
	readonly children: ReactNode;
	readonly width: number;
	readonly height: number;
	/** When it changes, e.g. at the next key, the pane is tried again. */
	readonly attempt: unknown;
};

type PaneBoundaryState = {readonly fault: string | undefined; readonly attempt: unknown};

/** A fault while one pane is drawn stays in that pane: runs, keys and the other panes go on. */
export class PaneBoundary extends Component<PaneBoundaryProps, PaneBoundaryState> {
	override state: PaneBoundaryState = {fault: undefined, attempt: this.props.attempt};

	static getDerivedStateFromError(error: unknown): Partial<PaneBoundaryState> {
		return {fault: error instanceof Error ? error.message : String(error)};
	}

	static getDerivedStateFromProps(props: PaneBoundaryProps, state: PaneBoundaryState): PaneBoundaryState | null {
		return Object.is(props.attempt, state.attempt) ? null : {fault: undefined, attempt: props.attempt};
	}

	override render(): ReactNode {
		const {children, width, height} = this.props;
		if (this.state.fault === undefined) return children;
		const sentence = `This part of the screen cannot be drawn, which is a bug of meshboard: ${this.state.fault}. Runs go on; the next key tries again.`;
		return <Lines lines={wrap(sentence, width).map((line) => [span(line, 'bad')])} width={width} height={height} />;
	}
}

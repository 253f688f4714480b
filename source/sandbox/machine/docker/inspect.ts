import type {Container, Image} from './engine.ts';

/** A container as `docker inspect` tells it. */
export function inspectContainer(container: Container): Readonly<Record<string, unknown>> {
	const {id, name, image, state, startedAt, finishedAt} = container;
	const never = '0001-01-01T00:00:00Z';
	return {
		Id: id,
		Created: container.createdAt.toISOString(),
		Path: '/usr/local/bin/pilot-agent',
		Args: container.command,
		State: {
			Status: state,
			Running: state === 'running',
			Paused: false,
			Restarting: false,
			OOMKilled: false,
			Dead: false,
			Pid: state === 'running' ? 4242 : 0,
			ExitCode: container.exitCode,
			Error: '',
			StartedAt: startedAt?.toISOString() ?? never,
			FinishedAt: finishedAt?.toISOString() ?? never,
		},
		Image: image.id,
		Name: `/${name}`,
		RestartCount: container.restarts,
		Driver: 'overlay2',
		Platform: 'linux',
		HostConfig: {
			Binds: container.binds,
			NetworkMode: container.network,
			RestartPolicy: {Name: container.restartPolicy, MaximumRetryCount: 0},
			ExtraHosts: container.extraHosts,
		},
		Mounts: container.binds.map((bind) => {
			const [source, destination] = bind.split(':');
			return {Type: 'bind', Source: source, Destination: destination, Mode: '', RW: true, Propagation: 'rprivate'};
		}),
		Config: {
			Hostname: 'vm',
			User: container.user,
			Env: container.environment,
			Cmd: container.command,
			Image: image.reference,
			Entrypoint: ['/usr/local/bin/pilot-agent'],
			Labels: {},
		},
		NetworkSettings: {Networks: {[container.network]: {}}},
	};
}

/** An image as `docker image inspect` tells it. */
export function inspectImage({reference, id, created, environment}: Image): Readonly<Record<string, unknown>> {
	return {
		Id: id,
		RepoTags: [reference],
		RepoDigests: [`${reference.replace(/:[^:/]*$/, '')}@${id}`],
		Created: created.toISOString(),
		Architecture: 'amd64',
		Os: 'linux',
		Size: 342_118_144,
		Config: {Env: environment, Entrypoint: ['/usr/local/bin/pilot-agent'], Cmd: null, User: ''},
	};
}

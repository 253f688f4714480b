import pLimit from 'p-limit';
import {asRecord} from '../mesh/untyped.ts';
import type {AccessReview} from '../ports.ts';
import type {ApiHttp} from './http.ts';

const parallel = 16;

/** Asks the server what this user may do (SelfSubjectAccessReview, which every authenticated user may create), in the order of the questions. */
export async function mayI(http: ApiHttp, reviews: readonly AccessReview[]): Promise<boolean[]> {
	const limit = pLimit(parallel);
	return Promise.all(reviews.map((review) => limit(() => ask(http, review))));
}

async function ask(http: ApiHttp, {namespace, ...attributes}: AccessReview): Promise<boolean> {
	const {body} = await http.send({
		method: 'POST',
		path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
		body: {
			apiVersion: 'authorization.k8s.io/v1',
			kind: 'SelfSubjectAccessReview',
			spec: {resourceAttributes: {...attributes, ...(namespace === undefined ? {} : {namespace})}},
		},
	});
	return asRecord(asRecord(body)['status'])['allowed'] === true;
}

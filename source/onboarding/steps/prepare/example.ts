/** The application of the guide's Bookinfo (istio/istio, samples/bookinfo), which listens on 9080. */
export const exampleImage = 'docker.io/istio/examples-bookinfo-ratings-v1:1.20.3';

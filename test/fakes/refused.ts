/** An error as an SDK client throws it when the service does not take a request. */
export const refused = (name: string, message: string) => Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });

// What the host is asked, and its answers; every request is our own origin's.

export class Refused extends Error {
	constructor(status, text) {
		super(text);
		this.status = status;
	}
}

async function call(method, path, body) {
	const response = await fetch(path, {
		method,
		credentials: "same-origin",
		headers: body === undefined ? { "X-Liptako": "1" }
			: { "X-Liptako": "1", "Content-Type": "application/json" },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	let answer = {};
	try {
		answer = await response.json();
	} catch {
		// said below, by its status
	}
	if (!response.ok || answer.ok === false)
		throw new Refused(response.status,
			answer.text || "the host answered " + response.status);
	return answer;
}

export const get = (path) => call("GET", "/api/v1/" + path);
export const post = (path, body) => call("POST", "/api/v1/" + path, body || {});

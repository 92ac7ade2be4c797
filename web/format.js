// Text for people. All of it goes into the page as text, never as markup.

// Bytes that draw nothing or turn the text around are shown by their numbers.
const odd = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

export function plain(text) {
	return String(text ?? "").replace(odd,
		(c) => "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0"));
}

export function el(tag, options, ...children) {
	const e = document.createElement(tag);
	for (const [k, v] of Object.entries(options || {})) {
		if (k === "class")
			e.className = v;
		else if (k.startsWith("on"))
			e.addEventListener(k.slice(2), v);
		else if (v !== undefined && v !== null && v !== false)
			e.setAttribute(k, v === true ? "" : v);
	}
	for (const c of children.flat())
		e.append(c instanceof Node ? c : plain(c));
	return e;
}

const two = (n) => String(n).padStart(2, "0");

export function clock(seconds) {
	const d = new Date(seconds * 1000);
	const day = d.toDateString() === new Date().toDateString() ? ""
		: `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} `;
	return `${day}${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

export function time(seconds) {
	if (!seconds)
		return el("span", {}, "for ever");
	return el("time", { datetime: new Date(seconds * 1000).toISOString() }, clock(seconds));
}

export function span(seconds) {
	const s = Math.max(0, Math.round(seconds));
	const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
	const out = [];
	let left = s;
	for (const [each, name] of units) {
		if (left >= each && out.length < 2) {
			out.push(Math.floor(left / each) + " " + name);
			left %= each;
		}
	}
	return out.join(" ") || "0 s";
}

export function number(n) {
	return Number(n || 0).toLocaleString("en");
}

export function bytes(n) {
	let i = 0;
	const names = ["B", "kB", "MB", "GB", "TB"];
	for (n = Number(n || 0); n >= 1000 && i < names.length - 1; i++)
		n /= 1000;
	return (i ? n.toFixed(1) : n) + " " + names[i];
}

// What has no rule is a word of people: of ours, or of an ally.
export function rule(name) {
	return !name || name === "-" ? "operator" : name;
}
export function cause(h) {
	if (h.rung === "allied")
		return h.by ? `on the word of ${h.by}` : "on an ally's word";
	return rule(h.rule);
}

// The /16 or /32 that an address belongs to, for counting.
export function network(net) {
	const address = net.split("/")[0];
	if (address.includes(":"))
		return address.split(":").slice(0, 2).join(":") + "::/32";
	return address.split(".").slice(0, 2).join(".") + ".0.0/16";
}

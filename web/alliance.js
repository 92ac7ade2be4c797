// What the alliance does, if this host is in one.
import { get } from "/api.js";
import { el, number, span, time } from "/format.js";

const section = document.getElementById("alliance");
const body = document.getElementById("alliance-body");

function table(name, heads, rows) {
	return el("div", { class: "scroll", id: "alliance-" + name.toLowerCase(), tabindex: "0", role: "region", "aria-label": name },
		el("table", {},
			el("thead", {}, el("tr", {}, heads.map((h) => el("th", { scope: "col" }, h)))),
			el("tbody", {}, rows.map(([first, ...rest]) => el("tr", {},
				el("th", { scope: "row" }, first), rest.map((c) => el("td", {}, c)))))));
}

function state(p) {
	if (p.withdrawn)
		return "withdrawn";
	if (p.suspended)
		return "suspended";
	return p.probation ? "on probation" : p.present ? "member" : "absent";
}

// Our notices that it answered, by receipts.
function answered(p) {
	return Object.values(p.to_us || {}).reduce((sum, n) => sum + n, 0);
}

function party(p, now) {
	const known = !p.self && p.credit !== undefined;
	return [p.self ? p.party + " (us)" : p.party, state(p), number(p.hosts),
		known ? `${p.slots} of ${p.slots_most}` : "\u2013",
		known ? number(p.credit) : "\u2013",
		known && p.beat ? span(now - p.beat) + " ago" : "\u2013",
		known ? number(answered(p)) : "\u2013",
		known && p.missing ? number(p.missing) + " acts missing" : ""];
}

// The text is fetched when it is wanted, and anew for a new version.
const charter = document.getElementById("charter");
let shown = "";

async function show(versions) {
	if (!charter.open || shown === versions)
		return;
	const o = await get("charter");
	shown = versions;
	document.getElementById("charter-body").replaceChildren(...o.rows.filter((r) => r.text).map((r) =>
		el("pre", { tabindex: "0", "aria-label": "charter of " + r.alliance },
			r.text.split("\n").flatMap((line) => [line, document.createTextNode("\n")]))));
}

export async function alliance() {
	const o = await get("alliance");
	const now = o.now || Date.now() / 1000;
	const of = (is) => o.rows.filter((r) => r.is === is);
	section.hidden = of("alliance").length === 0;
	if (section.hidden)
		return;
	const versions = of("alliance").map((a) => a.id + a.version).join();
	charter.ontoggle = () => show(versions).catch(() => {});
	await show(versions);
	const notes = of("party").some((p) => p.missing);
	body.replaceChildren(
		el("div", { class: "about" }, of("alliance").map((a) => el("p", {}, el("b", {}, a.alliance),
			` is ${a.state}: charter version ${a.version}, until `, time(a.expires),
			a.speaks ? "" : "; this host does not speak in it"))),
		table("Parties", ["party", "state", "hosts", "slots", "credit", "heard", "receipts", ...(notes ? ["note"] : [])],
			of("party").map((p) => party(p, now).slice(0, notes ? 8 : 7))),
		table("Posts", ["post of", "line", "round trip", "why"],
			of("post").map((p) => [p.party, p.state,
				p.rtt_us ? (p.rtt_us / 1000).toFixed(1) + " ms" : "\u2013", p.why || ""])));
}

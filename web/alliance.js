// What the alliance does, if this host is in one.
import { get } from "/api.js";
import { el, number, span, time } from "/format.js";

const section = document.getElementById("alliance");
const body = document.getElementById("alliance-body");

function cell(v) {
	return el("td", {}, v === undefined || v === null || v === "" ? "–" : v);
}

function parties(rows, now) {
	return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Parties" },
		el("table", {},
			el("thead", {}, el("tr", {}, ["party", "post", "last heard", "slots", "credit", "state"].map((h) =>
				el("th", { scope: "col" }, h)))),
			el("tbody", {}, rows.map((p) => el("tr", {},
				el("th", { scope: "row" }, p.name || p.party),
				cell(p.post), cell(p.heard ? span(now - p.heard) + " ago" : ""),
				cell(p.slots === undefined ? "" : number(p.slots)),
				cell(p.credit), cell(p.state || (p.suspended ? "suspended" : "member")))))));
}

export async function alliance() {
	let o;
	try {
		o = await get("alliance");
	} catch {
		section.hidden = true;
		return;
	}
	const list = o.alliances || (o.name ? [o] : []);
	section.hidden = list.length === 0;
	body.replaceChildren(...list.flatMap((a) => [
		el("p", {}, el("b", {}, a.name), ` charter version ${a.version}, until `, time(a.expires)),
		parties(a.parties || [], o.now || Date.now() / 1000),
	]));
}

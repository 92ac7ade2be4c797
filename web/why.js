// The answer for one address, and the words that change it.
import { get, post } from "/api.js";
import { bytes, cause, el, number, span, time } from "/format.js";

const answer = document.getElementById("answer");
const words = document.getElementById("words");
const field = document.getElementById("address");
let acts = false;
let shown = "";

export function may(act) {
	acts = act;
}

function pairs(rows) {
	return el("dl", {}, rows.filter(Boolean).flatMap(([k, ...v]) =>
		[el("dt", {}, k), el("dd", {}, ...v)]));
}

function place(line) {
	if (line.journal)
		return "in the journal";
	return `${line.path}, byte ${number(line.offset)}`;
}

function evidence(events) {
	if (!events || !events.length)
		return [];
	return [el("h3", {}, "Evidence"), el("ul", {}, events.slice(0, 20).map((e) =>
		el("li", {}, time(e.at), " ", e.rule, " ", el("span", { class: "quiet" }, place(e.line)))))];
}

function history(rows) {
	if (!rows || !rows.length)
		return [];
	return [el("h3", {}, "Before"), el("ul", {}, rows.slice(0, 20).map((h) =>
		el("li", {}, time(h.at), " ", h.what, " ", cause(h))))];
}

// What allies say of it, with the clause of the charter that decided, and what
// they answered to our own notice.
function allies(o) {
	const said = (o.allies || []).slice(0, 20).map((s) => el("li", {}, time(s.at), " ", s.reason, " ",
		el("span", { class: "quiet" }, `${s.service} ${number(s.count)} times; ${s.alliance}, ${s.clause}`)));
	const replies = (o.replies || []).slice(0, 20).map((r) => el("li", {}, time(r.at), " ",
		`${r.party} answers: ${r.verdict}`));
	const told = (o.told || []).map((t) => el("li", {}, time(t.at), " ", `we told ${t.alliance}`));
	return [
		...(said.length ? [el("h3", {}, "What allies say"), el("ul", {}, said)] : []),
		...(told.length ? [el("h3", {}, "What we said"), el("ul", {}, told, replies)] : []),
	];
}

function measure(m, now) {
	const kernel = m.in_kernel
		? `holds it; ${number(m.packets)} packets (${bytes(m.bytes)}) dropped`
		: m.proxied ? "cannot stop him: he comes through a proxy; a bouncer there can"
			: m.refused ? "would not take it: the address is protected" : "does not hold it";
	return [
		el("p", { class: "verdict denied" }, m.net, m.act === "limit" ? " is limited" : " is shut out",
			m.until ? ` for ${span(m.until - now)} more` : " for ever"),
		pairs([
			["Why", m.reason],
			m.about ? ["Rule", `${m.rule} (${m.about}${m.attack ? ", ATT&CK " + m.attack : ""})`] : null,
			m.ports ? ["Ports", `${m.ports} alone; all others are open to him`] : null,
			["Since", time(m.at)], ["Until", time(m.until)], ["Kernel", kernel],
		]),
	];
}

function free(o) {
	const out = [el("p", { class: "verdict" }, o.net, " is not shut out")];
	if (o.protected)
		out.push(el("p", {}, `It is protected: ${o.protected.why} (${o.protected.net}).`));
	if (o.good_client)
		out.push(el("p", {}, "It is a good client: it logs in here regularly."));
	for (const w of o.windows || [])
		out.push(el("p", {}, `${w.rule}: ${w.have} of ${w.need} within ${span(w.span)}.`));
	if (!o.protected && !o.good_client && !(o.windows || []).length)
		out.push(el("p", {}, "Nothing was counted against it."));
	return out;
}

export async function why(address) {
	field.value = address;
	shown = address;
	words.hidden = true;
	try {
		const query = "net=" + encodeURIComponent(address);
		const not = await get("why-not?" + query);
		const o = not.shut_out ? await get("why?" + query) : not;
		const measures = not.shut_out ? o.measures || (o.measure ? [o.measure] : []) : [];
		answer.className = "answer";
		answer.replaceChildren(...(measures.length
			? measures.flatMap((m) => measure(m, o.now)) : free(o)),
			...evidence(o.events), ...allies(o), ...history(o.history));
		words.hidden = !acts;
	} catch (e) {
		answer.replaceChildren(el("p", { class: "error" }, e.status === 400
			? "Say an address or a prefix: 203.0.113.7, 2001:db8::1, 198.51.100.0/24." : e.message));
	}
}

const texts = {
	pardon: ["Let in again", "What was counted against it is forgotten, too.", "Pardon"],
	allow: ["Never shut out", "No measure will touch it, by whatever evidence.", "Allow"],
	deny: ["Shut out", "By your word, on all ports.", "Deny"],
};

// Asks before it acts; Escape leaves everything as it is.
export function say(word, address) {
	const dialog = document.getElementById("confirm");
	const [title, text, button] = texts[word];
	document.getElementById("confirm-title").textContent = `${title}: ${address}?`;
	const alone = address.includes(":") && !address.includes("/");
	document.getElementById("confirm-text").textContent = text + (alone ? " IPv6 is taken by its /64." : "");
	document.getElementById("confirm-yes").textContent = button;
	document.getElementById("confirm-term-row").hidden = word === "pardon";
	document.getElementById("confirm-note").value = "";
	dialog.returnValue = "no";
	dialog.onclose = async () => {
		if (dialog.returnValue !== "yes")
			return;
		const body = { net: address };
		const note = document.getElementById("confirm-note").value;
		if (word !== "pardon")
			body.term = Number(document.getElementById("confirm-term").value);
		if (word !== "pardon" && note)
			body.note = note;
		try {
			await post(word, body);
			await why(address);
		} catch (e) {
			answer.prepend(el("p", { class: "error", role: "alert" }, e.message));
		}
	};
	dialog.showModal();
}

document.getElementById("ask-form").addEventListener("submit", (e) => {
	e.preventDefault();
	why(field.value.trim());
});
for (const b of words.querySelectorAll("button"))
	b.addEventListener("click", () => say(b.dataset.word, shown));


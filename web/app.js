// The console: one page, live over server-sent events.
import { get, post } from "/api.js";
import { alliance } from "/alliance.js";
import { bytes, cause, clock, el, number, rule, span, time } from "/format.js";
import { plot } from "/plots.js";
import { may, why } from "/why.js";

const LIVE = 200; // events kept on the page
const PAGE = 100; // rows of measures
const $ = (id) => document.getElementById(id);
let offset = 0;
let source = null;
let soon = null;
let broken = 0; // since when nothing is told, s
let known = false; // is the last day among the events?
let asked = 0; // when the host answered last, s

function state(kind, text) {
	$("state").className = "state " + kind;
	$("state").textContent = text;
}

function facts(o) {
	const rows = [
		["shut out", number(o.kernel.elements)],
		["packets dropped", number(o.kernel.packets), o.kernel.bytes ? bytes(o.kernel.bytes) : ""],
		["denied today (UTC)", number(o.today.denied)],
		["limited today (UTC)", number(o.today.limited)],
		["alarms today (UTC)", number(o.today.alarms)],
		["logs read", number(o.sources.filter((s) => s.open).length)],
		["rules", number(o.rules.n)],
		["up for", span(o.now - o.started)],
	];
	$("facts").replaceChildren(...rows.map(([k, v, unit]) =>
		el("div", {}, el("dt", {}, k), el("dd", {}, v, unit ? el("small", {}, " ", unit) : ""))));
}

function findings(o) {
	const out = [];
	if (o.why_not)
		out.push(["bad", o.why_not]);
	if (o.watch_only)
		out.push(["warn", "It only watches: nobody is shut out."]);
	for (const a of (o.alarms || []).slice(0, 5))
		out.push(["warn", `${clock(a.at)} alarm: ${a.net} ${a.rule}`]);
	for (const s of o.sources.filter((x) => !x.open && x.gone))
		out.push(["warn", `${s.path} is gone; it is waited for.`]);
	$("findings").replaceChildren(...out.map(([kind, text]) => el("li", { class: kind }, text)));
}

async function now() {
	const o = await get("status");
	if (!o.defended)
		state("bad", "not defended");
	else if (o.watch_only)
		state("warn", "watching only");
	else
		state("good", "defended: the kernel holds " + number(o.kernel.elements));
	facts(o);
	findings(o);
}

function row(m) {
	return el("tr", { role: "row" },
		el("td", { role: "cell", class: "net" }, m.net),
		el("td", { role: "cell", class: m.act === "limit" ? "limited" : "denied" }, m.act,
			m.ports ? el("span", { class: "quiet" }, " " + m.ports) : ""),
		el("td", { role: "cell", class: "rule" }, m.rule), el("td", { role: "cell", class: "wide" }, origin(m)),
		el("td", { role: "cell", class: "wide" }, time(m.at)), el("td", { role: "cell", class: "until" }, time(m.until)),
		el("td", { role: "cell", class: "n wide" }, number(m.count)),
		el("td", { role: "cell", class: "ask" }, el("button", { type: "button", "aria-label": "why " + m.net,
			onclick: () => ask(m.net) }, "why?")));
}

// By whose evidence, and who else says so.
function origin(m) {
	if (m.origin === "allies")
		return m.by ? m.by + (m.witnesses > 1 ? ` and ${number(m.witnesses - 1)} more` : "") : "allies";
	return m.witnesses ? `${m.origin}, ${number(m.witnesses)} ${m.witnesses > 1 ? "allies" : "ally"} too` : m.origin;
}

function ask(net) {
	why(net);
	$("ask-title").scrollIntoView({ block: "start" });
	$("address").focus();
}

function origins(rows) {
	const known = new Set([...$("f-origin").options].map((o) => o.value));
	for (const m of rows)
		for (const o of m.origin === "allies" && m.by ? ["allies", "liptako-" + m.by] : [m.origin])
			if (!known.has(o)) {
				known.add(o);
				$("f-origin").append(el("option", { value: o }, o));
			}
}

async function measures() {
	const q = new URLSearchParams({ limit: PAGE, offset });
	if ($("f-origin").value)
		q.set("origin", $("f-origin").value);
	if ($("f-rule").value.trim())
		q.set("rule", $("f-rule").value.trim());
	const o = await get("measures?" + q);
	origins(o.rows);
	$("found").textContent = `${number(o.found)} of ${number(o.total)}`;
	document.querySelector("#shut tbody").replaceChildren(...(o.rows.length ? o.rows.map(row)
		: [el("tr", { role: "row" }, el("td", { role: "cell", colspan: 8, class: "quiet" }, o.total ? "None of these." : "Nobody is shut out."))]));
	$("newer").disabled = offset === 0;
	$("older").disabled = offset + PAGE >= o.found;
}

const kinds = { ended: "opened", pardoned: "opened", allowed: "opened", alarm: "alarm", limited: "limited" };

const was = { denied: "shut out", ended: "let in again" };

const said = {
	shut: "shut out", opened: "let in again", alarm: "alarm", prolonged: "goes on",
	limited: "limited",
};

// "mali says", "niger answers", or what we did and by whose word.
function sentence(kind, e) {
	if (kind === "notice")
		return [el("b", {}, e.by, " says"), " ", e.net, " ", el("span", { class: "quiet" }, e.rule, ": ", e.became)];
	if (kind === "receipt")
		return [el("b", {}, e.by, " answers"), " ", e.net, " ", el("span", { class: "quiet" }, e.became)];
	const by = e.by && e.origin === "allies" ? `on the word of ${e.by}`
		: rule(e.rule) + (e.origin && e.origin !== "liptako" ? ` (${e.origin})` : "");
	return [el("b", {}, said[kind] || kind), " ", e.net || "", " ", el("span", { class: "quiet" }, by)];
}

function happened(kind, e) {
	$("live").prepend(el("li", { class: kind + " fresh" }, time(e.at), " ", sentence(kind, e)));
	while ($("live").childElementCount > LIVE)
		$("live").lastElementChild.remove();
	refreshSoon();
}

// A storm of events is one refresh.
function refreshSoon() {
	if (soon)
		return;
	soon = setTimeout(() => {
		soon = null;
		refresh();
	}, 500);
}

async function refresh() {
	try {
		if (!known)
			await recent();
		await Promise.all([now(), measures(), plot(), alliance()]);
		asked = Date.now() / 1000;
		$("console").classList.remove("stale");
	} catch (e) {
		failed(e);
	}
}

function failed(e) {
	if (e.status === 401) {
		loggedOut();
		$("login-error").textContent = "You are not logged in any more: you were away for long, or your key was taken back.";
	}
	else
		silent("the host does not answer");
}

// What stands there is not of now.
function silent(text) {
	state("bad", asked ? `${text}; this is from ${clock(asked)}` : text);
	$("console").classList.add("stale");
}

function listen() {
	source = new EventSource("/api/v1/events");
	for (const kind of ["shut", "opened", "alarm", "prolonged", "notice", "receipt"])
		source.addEventListener(kind, (m) => happened(kind, JSON.parse(m.data)));
	source.addEventListener("lost", refreshSoon);
	source.onopen = () => {
		missed().catch(failed);
		refreshSoon();
	};
	source.onerror = () => {
		broken = broken || Date.now() / 1000;
		silent("no connection to the host");
		if (source && source.readyState === EventSource.CLOSED)
			again();
	};
}

// The browser comes back by itself from a broken line, not from a refusal.
function again() {
	source = null;
	setTimeout(() => {
		if (!source && !$("console").hidden)
			listen();
	}, 3000);
}

function loggedOut() {
	if (source)
		source.close();
	source = null;
	$("console").hidden = true;
	$("me").hidden = true;
	$("login").hidden = false;
	state("warn", "not logged in");
	$("key").focus();
}

async function loggedIn() {
	const me = await get("me");
	$("login").hidden = true;
	$("console").hidden = false;
	$("me").hidden = false;
	$("me-name").textContent = `${me.name} (${me.acts ? "may act" : "looks on"}) `;
	may(me.acts);
	known = false;
	await recent().catch(failed);
	if (source)
		source.close();
	listen();
	await refresh();
}

function past(h) {
	return el("li", { class: kinds[h.what] || "shut" }, time(h.at), " ",
		el("b", {}, was[h.what] || h.what), " ", h.net, " ", el("span", { class: "quiet" }, cause(h)));
}

async function recent() {
	const o = await get("history?back=86400&limit=30");
	$("live").replaceChildren(...o.rows.map(past));
	$("live").className = "known";
	known = true;
	broken = 0;
}

// What happened while the line was broken.
async function missed() {
	const since = broken;
	if (!since || !known)
		return;
	const back = Math.min(86400, Math.ceil(Date.now() / 1000 - since) + 1);
	const o = await get(`history?back=${back}&limit=30`);
	broken = 0;
	$("live").prepend(...o.rows.map(past));
}

async function login(key) {
	try {
		await post("login", { key });
		$("key").value = "";
		$("login-error").textContent = "";
		await loggedIn();
	} catch (e) {
		$("login").hidden = false;
		$("login-error").textContent = e.status === 403
			? "This key opens nothing here. On the host, liptako token add NAME --role operator makes one."
			: e.message;
		state("warn", "not logged in");
	}
}

$("login-form").addEventListener("submit", (e) => {
	e.preventDefault();
	login($("key").value.trim());
});
$("logout").addEventListener("click", async () => {
	await post("logout").catch(() => {});
	loggedOut();
});
for (const id of ["plot-by", "plot-back"])
	$(id).addEventListener("change", () => plot().catch(failed));
for (const id of ["plot-form", "filter-form"])
	$(id).addEventListener("submit", (e) => e.preventDefault());
for (const id of ["f-origin", "f-rule"])
	$(id).addEventListener("change", () => {
		offset = 0;
		measures().catch(failed);
	});
$("newer").addEventListener("click", () => {
	offset = Math.max(0, offset - PAGE);
	measures().catch(failed);
});
$("older").addEventListener("click", () => {
	offset += PAGE;
	measures().catch(failed);
});
setInterval(() => {
	if (!$("console").hidden)
		refreshSoon();
}, 15000);

// Until the host says who we are, or that we must log in.
function begin() {
	loggedIn().catch((e) => {
		failed(e);
		if (e.status !== 401)
			setTimeout(begin, 5000);
	});
}

// A link of `liptako console` brings its key behind the #, which no server
// and no log sees; it is used once and taken out of the address.
const given = new URLSearchParams(location.hash.slice(1)).get("key");
if (given) {
	history.replaceState(null, "", "/");
	login(given);
} else {
	begin();
}

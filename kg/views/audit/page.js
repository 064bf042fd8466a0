"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 25;
  const STORE = "casegraph-decisions-" + data.build;
  const byId = (id) => document.getElementById(id);
  // Text is only ever put in as text: nothing of a document becomes markup.
  const make = (tag, given = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (name in element && typeof value !== "string") element[name] = value;
      else if (value !== undefined && value !== null) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  };
  const link = (text, url) => (url ? make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : text);
  const flat = (text) => String(text ?? "").split(/\s+/u).filter(Boolean).join(" ");
  const many = (count, word) => count + " " + word + (count === 1 ? "" : "s");

  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(STORE) || "{}"); } catch { kept = {}; }
  const keep = () => { try { localStorage.setItem(STORE, JSON.stringify(kept)); } catch { byId("said").textContent = "This browser keeps nothing: download before you close the page."; } };

  // Rows are added to the file that the graph obeys already; a file of its name would take its place.
  const FILE = data.file ? data.file.replace(/(\.[^.]*)?$/, "-new$1") : "decisions.tsv";

  let shown = data.groups;
  let page = 0;
  let current = 0;

  const haystack = (group) => group.hay ??= [group.code, group.message, group.text, group.asserted, group.assertedName, group.suggested,
    group.suggestedName, ...group.places.flatMap((p) => [p.document, data.documents[p.document]?.[0], p.before + p.words + p.after, p.input])]
    .filter(Boolean).join(" ").toLowerCase();

  function filter() {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const code = byId("code").value;
    const status = byId("status").value;
    const severities = new Set([...document.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
    shown = data.groups.filter((group) => severities.has(group.severity) && (!code || group.code === code)
      && (status === "all" || (status === "decided") === Boolean(kept[group.id] || group.settled))
      && words.every((word) => haystack(group).includes(word)));
    const order = orders[byId("sort").value];
    // Equal ones stay in the order of the report.
    if (order) shown = shown.map((group) => [order(group), group]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, group]) => group);
    page = 0;
    current = 0;
    draw();
  }
  const last = "\uffff";
  const orders = {
    code: (group) => group.code,
    count: (group) => -group.count,
    confidence: (group) => ({ high: 0, medium: 1, low: 2 }[group.confidence] ?? 3),
    mention: (group) => (group.mention && group.text ? group.text.toLowerCase() : last),
    document: (group) => group.places[0]?.document ?? last,
  };
  const grouped = () => !orders[byId("sort").value] || byId("sort").value === "code";

  const wide = (group) => group.asserted ? "this name with this identifier, everywhere" : "this name, everywhere";
  function scopes(group) {
    const whole = group.places.length === group.count;
    if (!group.mention) return [["document", group.documents === 1 ? "this document" : "these documents"]];
    const found = [];
    if (whole) found.push(["mention", group.count === 1 ? "this mention" : "these " + group.count + " mentions"]);
    if (whole) found.push(["document", group.documents === 1 ? "this name in this document" : "this name in these documents"]);
    found.push(["surface", wide(group)]);
    if (group.key) found.push(["identifier", "this identifier, everywhere"]);
    return found;
  }
  // What is shown is what is meant. Where not all of it is shown, the curator says how far: "everywhere" is never taken for granted.
  const usual = (group) => !group.mention || group.count === 1 ? scopes(group)[0][0]
    : group.places.length !== group.count ? "" : group.documents === 1 ? "document" : "mention";

  function rows(group, told) {
    const base = { scope: told.scope, decision: told.decision, target: told.decision === "remap" ? told.target : "",
      curator: byId("curator").value, date: told.date, comment: told.comment };
    const places = group.places;
    if (!group.mention) {
      return [...new Set(places.map((p) => p.document))].map((document) => ({ ...base, document, code: group.code }));
    }
    const about = { text: group.text, asserted: group.key };
    if (told.scope === "mention") {
      return places.map((p) => p.section === undefined ? { ...base, ...about, document: p.document, mention: p.mention }
        : { ...base, ...about, document: p.document, section: p.section, start: p.start, end: p.end });
    }
    if (told.scope === "document") return [...new Set(places.map((p) => p.document))].map((document) => ({ ...base, ...about, document }));
    return [told.scope === "surface" ? { ...base, ...about } : { ...base, asserted: group.key }];
  }
  function table(header) {
    const lines = data.groups.filter((group) => kept[group.id]).flatMap((group) => rows(group, kept[group.id]))
      .map((row) => data.columns.map((name) => flat(row[name])).join("\t"));
    const own = [...new Set(lines)];
    return (header ? [data.columns.join("\t"), ...own] : own).map((line) => line + "\n").join("");
  }

  function decide(group, decision, card) {
    const box = (name) => card.querySelector("[data-is=" + name + "]");
    const known = kept[group.id];
    const target = flat(box("target")?.value);
    if (decision && decision === known?.decision && (decision !== "remap" || target === known.target)) decision = null;
    if (decision === "remap" && !/^[^\s:]+:\S+$/.test(target)) {
      box("target").focus();
      byId("said").textContent = "Write the identifier that is meant, such as MONDO:0009807.";
      return false;
    }
    if (decision && !box("scope").value) {
      box("scope").focus({ preventScroll: true });
      box("scope").scrollIntoView({ block: "center" });
      byId("said").textContent = "Say how far the decision reaches: not all of the " + many(group.count, "mention") + " are in this page.";
      return false;
    }
    if (decision) {
      const now = new Date();
      const two = (n) => String(n).padStart(2, "0");
      const date = now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate());
      kept[group.id] = { decision, target, scope: box("scope").value, comment: flat(box("comment").value), date };
    } else delete kept[group.id];
    byId("said").textContent = "";
    keep();
    fresh(group, card);
    tray();
    return Boolean(decision);
  }
  function fresh(group, card) {
    const told = kept[group.id];
    for (const button of card.querySelectorAll("button[data-decision]")) {
      button.setAttribute("aria-pressed", String(told?.decision === button.dataset.decision));
    }
    const line = card.querySelector("[data-is=told]");
    if (!line) return;
    const reach = scopes(group).find(([value]) => value === told?.scope)?.[1];
    line.textContent = told ? "Your decision: " + told.decision + (told.decision === "remap" ? " to " + told.target : "") + (reach ? " for " + reach : "") + ", " + told.date + " (not yet built)"
      + (group.settled ? ". It is settled already: where your row is no narrower, take the older one out of " + (data.file || "its file") + "." : "") : "";
  }
  function tray() {
    const count = Object.keys(kept).length;
    byId("many").textContent = many(count, "decision");
    byId("rows").value = table(true);
    for (const id of ["copy", "download", "clear"]) byId(id).disabled = !count;
  }

  const named = (curie, name, url) => [link(curie, url), name ? " " + name : ""];
  function card(group, number) {
    const first = group.places[0];
    const title = first && data.documents[first.document];
    const item = make("li", { class: group.severity, tabindex: "-1", "data-number": String(number), "aria-label": group.severity + " " + group.code });
    item.append(make("h3", {}, make("span", { class: "badge" }, group.severity + (grouped() ? "" : " " + group.code)), group.message || group.code));
    const where = make("p", { class: "soft" });
    if (first) {
      where.append(make("bdi", {}, link(title?.[0] || first.document, title?.[1])), " · " + first.document, first.input ? " · " + first.input + (first.line ? ":" + first.line : "") : "");
      if (group.count > 1) where.append(make("strong", {}, " × " + many(group.count, "mention") + " in " + many(group.documents, "document")));
    } else where.append(group.where);
    item.append(where);
    if (first?.words) item.append(make("blockquote", { dir: "auto" }, make("bdi", {}, first.before), make("mark", {}, first.words), first.after));
    const list = make("dl", { class: "ids" });
    const add = (term, cls, ...content) => list.append(make("dt", {}, term), make("dd", cls ? { class: cls } : {}, ...content));
    if (group.text && group.mention) add("Mention", "", make("bdi", {}, group.text));
    if (group.asserted) add("Asserted", "", ...named(group.asserted, group.assertedName, group.assertedUrl));
    if (group.suggested) add("Suggested", "meant", ...named(group.suggested, group.suggestedName, group.suggestedUrl), group.confidence ? make("span", { class: "soft" }, " " + group.confidence + " confidence") : "");
    if (group.mention) {
      const links = group.linked.flatMap(([curie, name, url, verdict], i) => [i ? make("br") : "", ...named(curie, name, url), make("span", { class: "soft" }, " " + verdict)]);
      add("Linked now", "", ...(links.length ? links : ["nothing"]));
    }
    if (list.children.length) item.append(list);
    if (group.reasons.length) {
      item.append(make("ul", { class: "reasons" }, ...group.reasons.map(([check, statement]) => make("li", {}, make("span", { class: "soft" }, check + ": "), statement))));
    }
    if (group.places.length > 1) {
      const more = make("ul", {}, ...group.places.slice(1).map((p) => make("li", {}, link(data.documents[p.document]?.[0] || p.document, data.documents[p.document]?.[1]),
        p.words ? make("blockquote", { dir: "auto" }, p.before, make("mark", {}, p.words), p.after) : "")));
      const left = group.count - group.places.length;
      item.append(make("details", {}, make("summary", {}, many(group.places.length - 1, "more place") + (left ? " of " + (group.count - 1) : "")), more));
    }
    if (group.settled) item.append(make("p", { class: "settled" }, "Settled: " + group.settled));
    if (first) {
      item.append(judge(group, item));
      fresh(group, item);
    }
    item.addEventListener("focusin", () => { mark(number); });
    return item;
  }
  function judge(group, item) {
    const told = kept[group.id];
    const button = (decision, text, key, usable) => {
      const made = make("button", { type: "button", "data-decision": decision, "aria-keyshortcuts": key, disabled: !usable }, text);
      made.addEventListener("click", () => decide(group, decision, item));
      return made;
    };
    const chosen = told?.scope ?? usual(group);
    const scope = make("select", { "data-is": "scope" }, chosen ? null : make("option", { value: "", disabled: true, selected: true }, "choose how far …"), ...scopes(group).map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
    const target = make("input", { "data-is": "target", value: told?.target || group.suggested || "", spellcheck: false, placeholder: "MONDO:0009807", "aria-label": "Identifier that is meant" });
    const comment = make("input", { "data-is": "comment", class: "why", value: told?.comment || "", placeholder: "why (comment)", "aria-label": "Comment: why" });
    const again = () => { if (kept[group.id]) { kept[group.id] = { ...kept[group.id], scope: scope.value, comment: flat(comment.value) }; keep(); fresh(group, item); tray(); } };
    scope.addEventListener("change", again);
    comment.addEventListener("change", again);
    return make("div", { class: "judge", role: "group", "aria-label": "Decision" },
      button("accept", "Accept", "a", !group.mention || group.readable), button("reject", "Reject", "r", group.mention),
      button("remap", "Remap to", "m", group.mention), target,
      make("label", {}, "for ", scope), comment,
      make("p", { class: "settled", "data-is": "told", role: "status" }));
  }

  function mark(number) {
    current = number;
    for (const item of document.querySelectorAll("ol.cards > li")) item.classList.toggle("current", Number(item.dataset.number) === number);
  }
  function draw(focus = false) {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    page = Math.min(page, pages - 1);
    const from = page * PAGE;
    const holder = byId("findings");
    holder.replaceChildren();
    let list = null;
    let heading = "";
    shown.slice(from, from + PAGE).forEach((group, i) => {
      const title = group.severity + " " + group.code;
      if (!list || (grouped() && title !== heading)) {
        heading = title;
        const count = shown.filter((g) => g.severity === group.severity && g.code === group.code).length;
        list = make("ol", { class: "cards" });
        if (grouped()) holder.append(make("h2", {}, group.code + " ", make("small", {}, group.severity + " · " + many(count, "group") + " · " + (data.meanings[group.code] || ""))));
        holder.append(list);
      }
      list.append(card(group, from + i));
    });
    const findings = shown.reduce((sum, group) => sum + group.count, 0);
    byId("found").textContent = shown.length ? "Showing " + (from + 1) + "–" + Math.min(from + PAGE, shown.length) + " of " + shown.length + " groups (" + many(findings, "finding") + ")" : "No finding fits.";
    byId("place").textContent = "Page " + (page + 1) + " of " + pages;
    byId("previous").disabled = page === 0;
    byId("next").disabled = page >= pages - 1;
    mark(Math.min(Math.max(current, from), Math.max(from, Math.min(from + PAGE, shown.length) - 1)));
    if (focus) go(current);
  }
  function go(number) {
    if (number < 0 || number >= shown.length) return;
    current = number;
    const wanted = Math.floor(number / PAGE);
    if (wanted !== page) { page = wanted; draw(); }
    mark(number);
    const item = document.querySelector('li[data-number="' + number + '"]');
    item?.focus({ preventScroll: true });
    item?.scrollIntoView({ block: "nearest" });
  }
  const turn = (step) => { page += step; current = page * PAGE; draw(true); window.scrollTo(0, 0); };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.key === "Escape" && typing) { go(current); return; }
    if (typing) return;
    const item = document.querySelector("li.current");
    const group = shown[current];
    const does = { a: "accept", r: "reject", m: "remap" }[event.key];
    if (event.key === "j") go(current + 1);
    else if (event.key === "k") go(current - 1);
    else if (event.key === "/") byId("search").focus();
    else if (event.key === "u" && item && group) decide(group, null, item);
    else if (does && item && group) {
      const button = item.querySelector("button[data-decision=" + does + "]");
      if (button && !button.disabled && decide(group, does, item)) go(current + 1);
    } else return;
    event.preventDefault();
  });

  for (const [code, count] of Object.entries(data.codes)) byId("code").append(make("option", { value: code }, code + " (" + count + ")"));
  byId("download").textContent = "Download " + FILE;
  for (const id of ["code", "status", "sort"]) byId(id).addEventListener("change", filter);
  for (const box of document.querySelectorAll("[name=severity]")) box.addEventListener("change", filter);
  let wait;
  byId("search").addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(filter, 120); });
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  const WHO = "casegraph-curator";
  try { byId("curator").value = localStorage.getItem(WHO) || ""; } catch { /* nothing is kept */ }
  byId("curator").addEventListener("input", () => { try { localStorage.setItem(WHO, byId("curator").value); } catch { /* nothing is kept */ } tray(); });
  byId("download").addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([table(true)], { type: "text/tab-separated-values" }));
    const anchor = make("a", { href: url, download: FILE });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  });
  byId("copy").addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(table(false)); byId("said").textContent = "Copied, without the header."; }
    catch { byId("whole").open = true; byId("rows").select(); byId("said").textContent = "Select and copy the rows below."; }
  });
  byId("clear").addEventListener("click", () => { if (confirm("Forget all decisions in this page?")) { kept = {}; keep(); draw(); tray(); } });
  draw();
  tray();
})();

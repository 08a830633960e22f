"use strict";
(() => {
  const content = JSON.parse(document.getElementById("content").textContent);
  const { run, training, development, best, balance, loads, samples } = content;
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 240, LEFT = 50, RIGHT = 12, TOP = 10, BOTTOM = 36;

  // ---- Elements. Text goes in as text nodes only, so nothing in it can be markup.
  function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (key.startsWith("aria-")) node.setAttribute(key, value);
      else if (value === true) node.setAttribute(key, "");
      else if (value !== false && value != null) node.setAttribute(key, value);
    }
    for (const child of children.flat(Infinity)) {
      if (child != null && child !== false) node.append(child instanceof Node ? child : document.createTextNode(child));
    }
    return node;
  }
  const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  // ---- What a person chose, kept over reloads where the browser allows it.
  const kept = {
    get(key, otherwise) { try { return localStorage.getItem("dragoman-report-" + key) ?? otherwise; } catch { return otherwise; } },
    set(key, value) { try { localStorage.setItem("dragoman-report-" + key, value); } catch { /* not from this file */ } },
  };

  // ---- Numbers
  const whole = (value) => Math.round(value).toLocaleString("en-GB");
  function number(value) {
    if (value == null || !Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    if (size === 0) return "0";
    if (size < 0.001) return value.toExponential(2).replace("e-", "e−");
    if (size < 10) return value.toPrecision(size < 1 ? 3 : 4);
    if (size < 1000) return value.toFixed(2);
    return whole(value);
  }
  function brief(value) {
    const size = Math.abs(value);
    if (size === 0) return "0";
    if (size >= 1e6) return +(value / 1e6).toPrecision(4) + " M";
    if (size >= 1e4) return +(value / 1e3).toPrecision(4) + " k";
    if (size >= 1000) return whole(value);
    if (size < 0.001) return (+value.toPrecision(3)).toExponential().replace("e-", "e−");
    return String(+value.toPrecision(4));
  }
  function duration(seconds) {
    if (seconds < 90) return Math.round(seconds) + " s";
    if (seconds < 5400) return Math.round(seconds / 60) + " min";
    if (seconds < 172800) return (seconds / 3600).toFixed(1) + " h";
    return (seconds / 86400).toFixed(1) + " days";
  }
  const date = (iso) => iso.replace("T", " ").replace("Z", " UTC");
  const colour = (index) => "var(--c" + (index % 8) + ")";
  const dashes = ["", "6 3", "2 3", "8 3 2 3"];
  const dash = (index) => dashes[Math.floor(index / 8) % 4];

  // ---- The horizontal axis that all charts share
  let byTime = kept.get("axis", "updates") === "time";
  const charts = [];
  const horizontal = (series, i) => (byTime ? series.seconds[i] / 3600 : series.update[i]);
  let secondsAtUpdate = [[0, 0]];
  training.update.forEach((update, i) => secondsAtUpdate.push([update, training.seconds[i]]));
  function hoursAt(update) {
    let i = secondsAtUpdate.findIndex((pair) => pair[0] >= update);
    if (i < 1) i = i === 0 ? 0 : secondsAtUpdate.length - 1;
    const [u1, s1] = secondsAtUpdate[i], [u0, s0] = secondsAtUpdate[Math.max(0, i - 1)];
    return (u1 === u0 ? s1 : s0 + (s1 - s0) * (update - u0) / (u1 - u0)) / 3600;
  }

  function steps(low, high, count) {
    const raw = (high - low) / count || 1, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(+(i * step).toPrecision(12));
    return ticks;
  }
  function powers(low, high) {
    const ticks = [], decades = Math.log10(high / low);
    const factors = decades > 4 ? [1] : decades > 1.6 ? [1, 3] : decades > 0.7 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
    for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++) {
      for (const factor of factors) {
        const tick = factor * 10 ** p;
        if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(+tick.toPrecision(12));
      }
    }
    return ticks.length > 2 ? ticks : steps(low, high, 4).filter((tick) => tick > 0);
  }

  // ---- A chart: {title, unit, series: [{name, update, seconds, values, low, high}], log: whether to begin so, zero: whether 0 belongs to it}
  function chart(options) {
    const series = options.series.filter((one) => one.values && one.values.some((value) => value != null));
    if (!series.length) return null;
    const key = "log-" + options.title;
    const positive = series.every((one) => one.values.every((value) => value == null || value > 0));
    const state = { log: positive && kept.get(key, options.log ? "1" : "0") === "1", hidden: new Set(), cursor: null };
    const plot = el("div", { class: "plot", tabindex: 0, role: "slider", "aria-label": options.title + ", value at an update; arrow keys move" });
    const tip = el("div", { class: "tip", hidden: true });
    const figure = el("figure", { class: options.main ? "card main" : "card" });
    let geometry = null;

    function domain() {
      let low = Infinity, high = -Infinity;
      for (const one of series) {
        if (state.hidden.has(one)) continue;
        one.values.forEach((value, i) => {
          // A long run spends most of its height on its first updates, unless they leave the picture.
          if (value == null || (options.trim && !state.log && one.values.length > 100 && i < one.values.length / 50)) return;
          // Lone peaks may leave the picture: a band that filled it would hide the curve.
          low = Math.min(low, value); high = Math.max(high, value);
          if (one.high && one.high[i] != null) { high = Math.max(high, Math.min(one.high[i], value * 3)); low = Math.min(low, Math.max(one.low[i], value / 3)); }
        });
      }
      if (low > high) return [0, 1];
      if (state.log) { const room = (high / low) ** 0.04 || 1.05; return low === high ? [low / 2, high * 2] : [low / room, high * room]; }
      if (options.zero) low = Math.min(0, low);
      const room = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
      return [options.zero && low === 0 ? 0 : low - room, high + room];
    }

    function draw() {
      const width = Math.max(220, plot.clientWidth || 400);
      const [low, high] = domain();
      const end = byTime ? Math.max(hoursAt(run.update), 1e-6) : Math.max(run.update, 1);
      const x = (value) => LEFT + (width - LEFT - RIGHT) * value / end;
      const scale = state.log ? Math.log10 : (value) => value;
      const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (scale(value) - scale(low)) / (scale(high) - scale(low)));
      geometry = { width, end, x, y, low, high };
      const clip = "clip-" + charts.indexOf(me);
      const children = [svg("clipPath", { id: clip }, svg("rect", { x: LEFT, y: TOP - 4, width: width - LEFT - RIGHT + 4, height: HEIGHT - TOP - BOTTOM + 8 }))];
      for (const tick of state.log ? powers(low, high) : steps(low, high, 5)) {
        children.push(svg("line", { x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick), stroke: "var(--grid)" }));
        children.push(svg("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, brief(tick)));
      }
      const ticks = steps(0, end, width > 460 ? 7 : 4);
      for (const tick of ticks) {
        children.push(svg("line", { x1: x(tick), x2: x(tick), y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 4, stroke: "var(--line)" }));
        const atEnd = x(tick) > width - 26;
        children.push(svg("text", { x: atEnd ? width - RIGHT + 6 : x(tick), y: HEIGHT - BOTTOM + 16, "text-anchor": atEnd ? "end" : "middle" }, brief(tick)));
      }
      children.push(svg("text", { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, byTime ? "hours of training" : "updates"));
      children.push(svg("line", { x1: LEFT, x2: width - RIGHT, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM, stroke: "var(--line)" }));
      for (const session of content.sessions.filter((one) => one.update > 0)) {
        const at = x(byTime ? hoursAt(session.update) : session.update);
        children.push(svg("line", { x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM, stroke: "var(--soft)", "stroke-dasharray": "1 4" }, svg("title", {}, "resumed after update " + whole(session.update))));
        if (content.sessions.length < 6) children.push(svg("text", { x: at + 3, y: HEIGHT - BOTTOM - 4 }, "resumed"));
      }
      const drawn = svg("g", { "clip-path": "url(#" + clip + ")" });
      series.forEach((one, index) => {
        if (state.hidden.has(one)) return;
        if (one.high) {
          const up = [], down = [];
          one.values.forEach((value, i) => {
            if (value == null || one.high[i] == null) return;
            const bottom = state.log ? Math.max(one.low[i], low / 10) : one.low[i];
            up.push(x(horizontal(one, i)).toFixed(1) + "," + y(one.high[i]).toFixed(1));
            down.unshift(x(horizontal(one, i)).toFixed(1) + "," + y(bottom).toFixed(1));
          });
          drawn.append(svg("polygon", { points: up.concat(down).join(" "), fill: colour(one.colour ?? index), opacity: 0.18 }));
        }
        let path = "", pen = "M";
        one.values.forEach((value, i) => {
          if (value == null) { pen = "M"; return; }
          path += pen + x(horizontal(one, i)).toFixed(1) + " " + y(value).toFixed(1);
          pen = "L";
        });
        drawn.append(svg("path", { d: path, fill: "none", stroke: colour(one.colour ?? index), "stroke-width": one.points ? 2 : 1.5, "stroke-linejoin": "round", "stroke-dasharray": dash(one.colour ?? index) }));
        if (one.points && one.values.length <= 60) {
          one.values.forEach((value, i) => value != null && drawn.append(svg("circle", { cx: x(horizontal(one, i)), cy: y(value), r: 3, fill: "var(--card)", stroke: colour(one.colour ?? index), "stroke-width": 2 })));
        }
      });
      children.push(drawn);
      const cursor = svg("g", { "aria-hidden": "true" });
      children.push(cursor);
      geometry.cursor = cursor;
      plot.replaceChildren(svg("svg", { viewBox: "0 0 " + width + " " + HEIGHT, height: HEIGHT, "aria-hidden": "true" }, children), tip);
      plot.setAttribute("aria-valuemin", 0);
      plot.setAttribute("aria-valuemax", run.update);
      plot.setAttribute("aria-valuenow", state.cursor ?? run.update);
      plot.setAttribute("aria-valuetext", told(state.cursor ?? run.update));
    }

    // The point of a series that is nearest to an update.
    function nearest(one, update) {
      let found = -1;
      for (let i = 0; i < one.update.length; i++) {
        if (one.values[i] != null && (found < 0 || Math.abs(one.update[i] - update) < Math.abs(one.update[found] - update))) found = i;
      }
      return found;
    }
    const told = (update) => "update " + whole(update) + ": " + series.filter((one) => !state.hidden.has(one))
      .map((one) => one.name + " " + number(one.values[nearest(one, update)])).join(", ");

    function point(update, withTip) {
      state.cursor = update;
      if (!geometry) return;
      geometry.cursor.replaceChildren();
      tip.hidden = true;
      if (update == null) return;
      const at = geometry.x(byTime ? hoursAt(update) : update);
      geometry.cursor.append(svg("line", { x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM, stroke: "var(--soft)" }));
      const rows = [];
      series.forEach((one, index) => {
        if (state.hidden.has(one)) return;
        const i = nearest(one, update);
        if (i < 0) return;
        const cy = geometry.y(one.values[i]);
        geometry.cursor.append(svg("circle", { cx: geometry.x(horizontal(one, i)), cy, r: 4, fill: colour(one.colour ?? index), stroke: "var(--card)", "stroke-width": 1.5 }));
        const range = one.high && one.low[i] !== one.high[i] ? " (" + number(one.low[i]) + " to " + number(one.high[i]) + ")" : "";
        const elsewhere = one.points && one.update[i] !== update ? " at " + whole(one.update[i]) : "";
        rows.push(el("tr", {}, el("td", {}, el("i", { style: "background:" + colour(one.colour ?? index) })), el("td", {}, one.name + elsewhere), el("td", {}, number(one.values[i]) + range)));
      });
      if (!withTip) return;
      tip.replaceChildren(el("b", {}, "update " + whole(update) + (training.update.length ? ", " + duration(hoursAt(update) * 3600) : "")), el("table", {}, el("tbody", {}, rows)));
      tip.hidden = false;
      const room = plot.clientWidth, wide = tip.offsetWidth;
      tip.style.left = Math.max(0, at + 14 + wide > room ? at - 14 - wide : at + 14) + "px";
      plot.setAttribute("aria-valuenow", update);
      plot.setAttribute("aria-valuetext", told(update));
    }

    const stops = [...new Set(series.flatMap((one) => one.update.filter((update, i) => one.values[i] != null)))].sort((a, b) => a - b);
    function stopNear(value) {
      let found = stops[0];
      for (const stop of stops) if (Math.abs(stop - value) < Math.abs(found - value)) found = stop;
      return found;
    }
    plot.addEventListener("pointermove", (event) => {
      const at = (event.clientX - plot.getBoundingClientRect().left - LEFT) / (geometry.width - LEFT - RIGHT) * geometry.end;
      let update = at;
      if (byTime) {
        const stop = stops.reduce((found, one) => (Math.abs(hoursAt(one) - at) < Math.abs(hoursAt(found) - at) ? one : found), stops[0]);
        update = stop;
      }
      update = stopNear(update);
      charts.forEach((other) => other.point(update, other === me));
    });
    plot.addEventListener("pointerleave", () => charts.forEach((other) => other.point(null, false)));
    plot.addEventListener("blur", () => charts.forEach((other) => other.point(null, false)));
    plot.addEventListener("keydown", (event) => {
      const now = state.cursor == null ? stops.length - 1 : Math.max(0, stops.indexOf(stopNear(state.cursor)));
      const big = Math.max(1, Math.round(stops.length / 10));
      const move = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, PageDown: now - big, PageUp: now + big, Home: 0, End: stops.length - 1 }[event.key];
      if (event.key === "Escape") charts.forEach((other) => other.point(null, false));
      if (move === undefined) return;
      event.preventDefault();
      const to = state.cursor == null && event.key.startsWith("Arrow") ? now : move;
      const update = stops[Math.min(stops.length - 1, Math.max(0, to))];
      charts.forEach((other) => other.point(update, other === me));
    });

    const header = el("header", {}, el("h3", {}, options.title), el("span", { class: "unit" }, options.unit || ""));
    if (positive) {
      const button = el("button", { type: "button", "aria-pressed": state.log, "aria-label": "logarithmic axis of " + options.title, onclick: () => {
        state.log = !state.log;
        kept.set(key, state.log ? "1" : "0");
        button.setAttribute("aria-pressed", state.log);
        draw();
      } }, "log");
      header.append(button);
    }
    const legend = el("div", { class: "legend" });
    if (series.length > 1) {
      series.forEach((one, index) => {
        const swatch = svg("svg", { width: 18, height: 8, "aria-hidden": "true" }, svg("line", { x1: 0, x2: 18, y1: 4, y2: 4, stroke: colour(one.colour ?? index), "stroke-width": 2.5, "stroke-dasharray": dash(one.colour ?? index) }));
        const button = el("button", { type: "button", "aria-pressed": "true", title: "show or hide", onclick: () => {
          if (!state.hidden.delete(one)) state.hidden.add(one);
          button.setAttribute("aria-pressed", !state.hidden.has(one));
          draw();
        } }, swatch, one.name);
        legend.append(button);
      });
    }
    const details = el("details", {}, el("summary", {}, "Values"));
    details.addEventListener("toggle", () => {
      if (!details.open || details.children.length > 1) return;
      const shown = stops.length <= 100 ? stops : stops.filter((stop, i) => i % Math.ceil(stops.length / 100) === 0 || i === stops.length - 1);
      details.append(el("div", { class: "scroll", tabindex: 0 }, el("table", {},
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "update"), series.map((one) => el("th", { scope: "col" }, one.name)))),
        el("tbody", {}, shown.map((stop) => el("tr", {}, el("th", { scope: "row" }, whole(stop)),
          series.map((one) => { const i = one.update.indexOf(stop); return el("td", {}, i < 0 ? "" : number(one.values[i])); })))))));
    });
    fill(figure, {}, [header, legend.children.length ? legend : null, plot, options.note ? el("p", { class: "soft", style: "font-size:.8rem" }, options.note) : null, details]);
    const me = { figure, draw, point };
    charts.push(me);
    return figure;
  }

  const ofTraining = (name, label, colourIndex) => ({ name: label, update: training.update, seconds: training.seconds, values: training[name], low: training[name + "Low"], high: training[name + "High"], colour: colourIndex });
  const ofDevelopment = (name, offset) => development.map((one, index) => ({ name: one.name, update: one.update, seconds: one.seconds, values: one[name], points: true, colour: index + offset }));
  const withPrefix = (list) => list.map((one) => ({ ...one, name: "dev " + one.name.replace(/^dev(\.\S+)? /, "") }));
  const ofBalance = (name) => balance.map((one, index) => ({ name: one.name, update: one.update, seconds: one.seconds, values: one[name], colour: index }));

  // ---- Head
  function tiles() {
    const tile = (label, value, small) => el("div", { class: "tile" }, el("dt", {}, label), el("dd", {}, value, small ? el("small", {}, small) : null));
    const last = (name) => training[name] && training[name].length ? training[name][training[name].length - 1] : null;
    const list = [];
    for (const one of best) {
      if (one.bleu != null) {
        list.push(tile("best BLEU, " + one.name, one.bleu.toFixed(2), "chrF2 " + number(one.chrf) + ", at update " + whole(one.update) + (one.latestUpdate !== one.update && one.latestBleu != null ? "; now " + one.latestBleu.toFixed(2) : "")));
      } else {
        list.push(tile("best perplexity, " + one.name, number(one.wordPerplexity ?? one.perplexity), (one.wordPerplexity != null ? "per word; " + number(one.perplexity) + " per piece" : "per piece") + ", at update " + whole(one.update)));
      }
    }
    if (training.update.length) {
      list.push(tile("training perplexity", number(last("perplexity")), "loss " + number(last("loss"))));
      list.push(tile("learning rate", number(last("learningRate")), "gradient norm " + number(last("gradientNorm"))));
      list.push(tile("speed", whole(last("tokensPerSecond")), "target tokens a second"));
    }
    return el("dl", { class: "tiles" }, list);
  }
  function head() {
    const share = run.updates ? Math.min(1, run.update / run.updates) : 0;
    const left = run.state === "running" && run.update > 0 ? run.seconds / run.update * (run.updates - run.update) : 0;
    const fact = (label, value) => el("span", {}, label + " ", el("b", {}, value));
    const age = (Date.now() - Date.parse(run.written)) / 1000;
    return el("header", { class: "head wide" },
      el("div", { class: "title" }, el("h1", {}, run.name), el("span", { class: "pill " + run.state }, run.state)),
      el("div", { class: "progress", role: "progressbar", "aria-label": "updates done", "aria-valuemin": 0, "aria-valuemax": run.updates, "aria-valuenow": run.update }, el("div", { style: "width:" + (100 * share).toFixed(2) + "%" })),
      el("div", { class: "facts" },
        fact("update", whole(run.update) + " of " + whole(run.updates)),
        fact("epoch", whole(run.epoch + 1)),
        fact("trained", duration(run.seconds)),
        left > 0 ? fact("left", "about " + duration(left)) : null,
        run.parameters ? fact("parameters", whole(run.parameters)) : null,
        fact("began", date(run.began)),
        content.sessions.length > 1 ? fact("resumed", content.sessions.length - 1 + (content.sessions.length === 2 ? " time" : " times")) : null,
        fact("written", date(run.written))),
      run.state === "running" && age > 900 ? el("p", { class: "notice" }, "This page is " + duration(age) + " old. Either this is a copy, or the run has ended without a word: ./dragoman runs tells.") : null,
      tiles());
  }

  // ---- Heat maps of the experts' load
  const DOUBLINGS = 3, BEND = 0.6;
  const stopsOf = { light: [[24, 78, 160], [126, 168, 222], [245, 244, 240], [240, 150, 96], [168, 32, 20]], dark: [[92, 160, 255], [44, 86, 148], [34, 37, 43], [168, 82, 36], [255, 138, 96]] };
  function shade(hundredths) {
    const stops = stopsOf[document.documentElement.dataset.theme];
    const doublings = Math.max(-1, Math.min(1, (hundredths > 0 ? Math.log2(hundredths / 100) : -DOUBLINGS) / DOUBLINGS));
    // Near a fair share, where layers should be, small differences are told apart.
    const at = 2 + 2 * Math.sign(doublings) * Math.abs(doublings) ** BEND;
    const i = Math.min(3, Math.floor(at)), part = at - i;
    return stops[i].map((value, c) => Math.round(value + (stops[i + 1][c] - value) * part));
  }
  const heatMaps = [];
  function heatMap(load) {
    const columns = load.update.length, rows = load.shares.length;
    if (!columns || !rows) return null;
    const height = Math.max(120, Math.min(320, rows * 10));
    const canvas = el("canvas", { width: columns, height: rows, style: "height:" + height + "px", "aria-hidden": "true" });
    const cell = el("div", { class: "cell", hidden: true }), tip = el("div", { class: "tip", hidden: true });
    const name = (row) => (load.perShare === 1 ? "expert " + row : "experts " + row * load.perShare + " to " + (Math.min(load.experts, (row + 1) * load.perShare) - 1));
    const labels = el("div", { class: "rows", "aria-hidden": "true" });
    for (const row of steps(0, rows - 1, Math.min(6, rows - 1 || 1)).filter((one) => Number.isInteger(one))) {
      labels.append(el("span", { style: "top:" + 100 * (row + 0.5) / rows + "%" }, String(row * load.perShare)));
    }
    const frame = el("div", { class: "frame", tabindex: 0, role: "slider", "aria-label": "load of the experts of " + load.layer + "; arrow keys move over updates and experts" }, labels, canvas, cell, tip);
    const axis = el("div", { class: "axis", "aria-hidden": "true" });
    const at = { row: 0, column: columns - 1 };
    const told = () => name(at.row) + ", update " + whole(load.update[at.column]) + ": " + (load.shares[at.row][at.column] / 100).toFixed(2) + " times the mean";
    function show() {
      fill(cell, { style: "left:" + 100 * at.column / columns + "%;width:" + 100 / columns + "%;top:" + height * at.row / rows + "px;height:" + height / rows + "px" }, []);
      cell.hidden = tip.hidden = false;
      const busiest = load.busiest.length ? load.busiest[at.row][at.column] : null;
      tip.replaceChildren(el("b", {}, name(at.row)), "update " + whole(load.update[at.column]), el("br"), (load.shares[at.row][at.column] / 100).toFixed(2) + " times the mean",
        ...(busiest == null ? [] : [el("br"), "busiest of them " + (busiest / 100).toFixed(2)]));
      const x = frame.clientWidth * (at.column + 0.5) / columns;
      tip.style.left = Math.max(0, x + 16 + tip.offsetWidth > frame.clientWidth ? x - 16 - tip.offsetWidth : x + 16) + "px";
      frame.setAttribute("aria-valuetext", told());
    }
    const hide = () => { cell.hidden = tip.hidden = true; };
    frame.setAttribute("aria-valuemin", 0);
    frame.setAttribute("aria-valuemax", run.update);
    frame.setAttribute("aria-valuenow", run.update);
    frame.setAttribute("aria-valuetext", told());
    frame.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      at.column = Math.max(0, Math.min(columns - 1, Math.floor((event.clientX - box.left) / box.width * columns)));
      at.row = Math.max(0, Math.min(rows - 1, Math.floor((event.clientY - box.top) / box.height * rows)));
      show();
    });
    frame.addEventListener("pointerleave", hide);
    frame.addEventListener("blur", hide);
    frame.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -columns], End: [0, columns] }[event.key];
      if (event.key === "Escape") hide();
      if (!move) return;
      event.preventDefault();
      at.row = Math.max(0, Math.min(rows - 1, at.row + move[0]));
      at.column = Math.max(0, Math.min(columns - 1, at.column + move[1]));
      show();
    });
    function draw() {
      const context = canvas.getContext("2d"), image = context.createImageData(columns, rows);
      for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
        image.data.set([...shade(load.shares[row][column]), 255], 4 * (row * columns + column));
      }
      context.putImageData(image, 0, 0);
      const ticks = [0, Math.floor((columns - 1) / 4), Math.floor((columns - 1) / 2), Math.floor(3 * (columns - 1) / 4), columns - 1].filter((tick, i, all) => all.indexOf(tick) === i);
      axis.replaceChildren(...ticks.map((tick, i) => el("span", { class: ticks.length > 1 && i === 0 ? "first" : i === ticks.length - 1 ? "last" : null, style: "left:" + (i === 0 && ticks.length > 1 ? 0 : i === ticks.length - 1 ? 100 : 100 * (tick + 0.5) / columns) + "%" },
        byTime ? brief(+(load.seconds[tick] / 3600).toPrecision(3)) + (i === ticks.length - 1 ? " h" : "") : brief(+load.update[tick].toPrecision(3)))));
    }
    heatMaps.push(draw);
    const final = load.shares.map((row, i) => [i, row[columns - 1] / 100]).sort((a, b) => b[1] - a[1]);
    const idle = load.perShare === 1 ? final.filter((one) => one[1] === 0).length : 0;
    const summary = "At the end " + name(final[0][0]) + (load.perShare === 1 ? " has " : " have ") + final[0][1].toFixed(2) + " times the mean, " + name(final[final.length - 1][0]) + " " + final[final.length - 1][1].toFixed(2) + (idle ? "; " + idle + " of " + load.experts + " are idle" : "") + ".";
    const details = el("details", {}, el("summary", {}, "Values"));
    details.addEventListener("toggle", () => {
      if (!details.open || details.children.length > 1) return;
      const shown = [...new Set([0, Math.floor(columns / 3), Math.floor(2 * columns / 3), columns - 1])];
      details.append(el("div", { class: "scroll", tabindex: 0 }, el("table", {},
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, load.perShare === 1 ? "expert" : "experts"), shown.map((i) => el("th", { scope: "col" }, "update " + whole(load.update[i]))))),
        el("tbody", {}, load.shares.map((row, i) => el("tr", {}, el("th", { scope: "row" }, name(i).replace(/^experts? /, "")), shown.map((column) => el("td", {}, (row[column] / 100).toFixed(2)))))))));
    });
    return el("figure", { class: "card map" },
      el("header", {}, el("h3", {}, load.layer), el("span", { class: "unit" }, whole(load.experts) + " experts" + (load.perShare > 1 ? ", " + load.perShare + " a row" : "") + "; times the mean load")),
      el("div", { style: "height:.6rem" }), frame, axis, el("p", { class: "soft", style: "font-size:.82rem" }, summary), details);
  }
  function scale() {
    const canvas = el("canvas", { width: 121, height: 1, "aria-hidden": "true" });
    heatMaps.push(() => {
      const context = canvas.getContext("2d"), image = context.createImageData(121, 1);
      for (let i = 0; i < 121; i++) image.data.set([...shade(100 * 2 ** (Math.sign(i - 60) * (Math.abs(i - 60) / 60) ** (1 / BEND) * DOUBLINGS)), 255], 4 * i);
      context.putImageData(image, 0, 0);
    });
    return el("span", { class: "scale", role: "img", "aria-label": "colours from blue, an eighth of the mean load or less, to red, eight times or more" },
      "idle", el("span", { class: "ticks" }, canvas, ["⅛", "½", "1", "2", "8"].map((label, i) => el("span", { style: "left:" + [2, 24.1, 50, 75.9, 98][i] + "%" }, label))), "busy");
  }

  // ---- Sample translations
  const split = (text) => text.match(/[\p{L}\p{N}\p{M}'’_-]+|\s+|[^\s]/gu) || [];
  const isWord = (token) => /\S/.test(token);
  // Which words of a text are in the longest common subsequence with another: true for those that are.
  function common(text, other) {
    const a = split(text).filter(isWord), b = split(other).filter(isWord);
    const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
    const same = a.map(() => false);
    for (let i = 0, j = 0; i < a.length && j < b.length;) {
      if (a[i] === b[j]) { same[i] = true; i++; j++; } else if (table[i + 1][j] >= table[i][j + 1]) i++; else j++;
    }
    return same;
  }
  function words(text, other) {
    const node = el("p", { class: "words", dir: "auto" });
    if (!text) return fill(node, { class: "words soft" }, ["(empty)"]);
    if (other == null) return fill(node, {}, [text]);
    const same = common(text, other);
    let at = 0, marked = null, space = "";
    for (const token of split(text)) {
      if (!isWord(token)) { space = token; continue; }
      const differs = !same[at++];
      if (differs && marked) marked.append(space + token);
      else {
        if (space) node.append(space);
        if (differs) { marked = el("mark", {}, token); node.append(marked); } else { marked = null; node.append(token); }
      }
      space = "";
    }
    return node;
  }
  function sampleSection() {
    if (!samples.sentences.length) return null;
    const all = samples.updates.length, SOME = 5;
    const state = { against: kept.get("against", "reference"), direction: "all", every: false };
    const list = el("div");
    function columns() {
      if (state.every || all <= SOME) return samples.updates.map((update, i) => i);
      // Denser at the start, where most changes.
      const chosen = [...new Set([0, 1, 2, 3, 4].map((i) => Math.round((all - 1) * (i / (SOME - 1)) ** 1.6)))];
      return chosen;
    }
    function draw() {
      const shown = columns();
      list.replaceChildren(...samples.sentences.filter((one) => state.direction === "all" || one.direction === state.direction).map((one) => {
        const reference = split(one.reference).filter(isWord).length;
        return el("article", { class: "sample" },
          el("div", { class: "pairing" },
            el("div", {}, el("div", { class: "label" }, "source, " + one.direction), el("p", { class: "words", dir: "auto" }, one.source)),
            el("div", {}, el("div", { class: "label" }, "reference"), el("p", { class: "words", dir: "auto" }, one.reference))),
          el("div", { class: "columns", tabindex: shown.length > SOME ? 0 : null, role: "group", "aria-label": "translations from the first to the last checkpoint" }, shown.map((column, i) => {
            const text = one.translations[column];
            if (text == null) return el("div", {}, el("div", { class: "label" }, "update " + whole(samples.updates[column])), el("p", { class: "soft" }, "not translated"));
            const other = state.against === "reference" ? one.reference : i > 0 ? one.translations[shown[i - 1]] : null;
            const hits = common(text, one.reference).filter((same) => same).length;
            return el("div", {}, el("div", { class: "label" }, el("span", {}, "update " + whole(samples.updates[column])), el("span", { title: "words of the reference that are here, in order" }, hits + " of " + reference)), words(text, other));
          })));
      }));
    }
    const directions = [...new Set(samples.sentences.map((one) => one.direction))];
    const section = el("section", { id: "samples", class: "wide" }, el("div", { class: "over" }, el("h2", {}, "Sample translations"),
      directions.length > 1 ? choice("direction", ["all", ...directions].map((one) => [one, one]), "all", (value) => { state.direction = value; draw(); }) : null,
      choice("mark", [["reference", "differs from the reference"], ["previous", "new since the column before"]], state.against, (value) => { state.against = value; kept.set("against", value); draw(); }),
      all > SOME ? choice("checkpoints", [["some", "some"], ["every", "all " + all]], "some", (value) => { state.every = value === "every"; draw(); }) : null),
      el("p", { class: "soft", style: "margin-bottom:.8rem" }, "Greedy translations of development sentences, from the first checkpoint to the last. Marked words ", el("mark", {}, "look like this"), "; the count is of the reference’s words that the translation has, in order."), list);
    draw();
    return section;
  }

  function choice(label, options, chosen, choose) {
    const buttons = options.map(([value, text]) => el("button", { type: "button", "aria-pressed": value === chosen, onclick: (event) => {
      buttons.forEach((button) => button.setAttribute("aria-pressed", button === event.currentTarget));
      choose(value);
    } }, text));
    return el("span", { class: "choice", role: "group", "aria-label": label }, label, el("span", { class: "buttons" }, buttons));
  }

  // ---- Page
  function redraw() { charts.forEach((one) => one.draw()); heatMaps.forEach((draw) => draw()); }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function theme(value) {
    document.documentElement.dataset.theme = value === "auto" ? (dark.matches ? "dark" : "light") : value;
  }
  let themeChoice = kept.get("theme", "auto");
  theme(themeChoice);
  dark.addEventListener("change", () => { theme(themeChoice); redraw(); });

  const trained = training.update.length > 0;
  const curves = !trained && !development.length ? null : el("section", { id: "curves", class: "wide" }, el("div", { class: "over" }, el("h2", {}, "Curves")), el("div", { class: "grid" },
    chart({ title: "Loss", main: true, trim: true, unit: "natural log per target token", series: [ofTraining("loss", "training", 7), ofTraining("nll", "training, without smoothing", 0), ...withPrefix(ofDevelopment("loss", 1))] }),
    chart({ title: "Perplexity", unit: "per piece", log: true, series: [ofTraining("perplexity", "training", 0), ...withPrefix(ofDevelopment("perplexity", 1))] }),
    chart({ title: "BLEU", unit: "development text, greedy", zero: true, series: ofDevelopment("bleu", 1) }),
    chart({ title: "chrF2", unit: "development text, greedy", zero: true, series: ofDevelopment("chrf", 1) }),
    chart({ title: "Perplexity per word", unit: "development text", log: true, series: ofDevelopment("wordPerplexity", 1) }),
    chart({ title: "Learning rate", unit: "", zero: true, series: [ofTraining("learningRate", "learning rate", 4)] }),
    chart({ title: "Gradient norm", unit: "before clipping", log: true, series: [ofTraining("gradientNorm", "gradient norm", 3)] }),
    chart({ title: "Speed", unit: "target tokens a second", zero: true, series: [ofTraining("tokensPerSecond", "tokens a second", 6)] })),
    training.lossLow ? el("p", { class: "soft", style: "margin-top:.6rem;font-size:.85rem" }, "A point of training is the mean of several reports; the band behind the line goes from the least to the greatest of them.") : null);
  const experts = !loads.length && !balance.length ? null : el("section", { id: "experts", class: "wide" },
    el("div", { class: "over" }, el("h2", {}, "Experts"), loads.length ? scale() : null),
    el("p", { class: "soft", style: "margin-bottom:.8rem" }, "How many rows each expert computed over time, as multiples of a fair share: blue is less, red is more. A layer with a few red rows and all others blue has collapsed."),
    el("div", { class: "grid" }, loads.map(heatMap)),
    el("div", { class: "grid small", style: "margin-top:.9rem" },
      chart({ title: "CV of importance", unit: "0 is even", zero: true, series: ofBalance("importanceCv") }),
      chart({ title: "CV of load", unit: "0 is even", zero: true, series: ofBalance("loadCv") }),
      chart({ title: "Busiest expert", unit: "× mean", series: ofBalance("overflow") }),
      chart({ title: "Idle experts", unit: "share", zero: true, series: ofBalance("idleShare") })));
  const translations = sampleSection();

  const reload = el("input", { type: "checkbox", checked: kept.get("reload", "0") === "1", onchange: () => kept.set("reload", reload.checked ? "1" : "0") });
  const bar = el("div", { class: "bar" }, el("div", { class: "wide" },
    el("nav", { "aria-label": "sections" }, curves ? el("a", { href: "#curves" }, "Curves") : null, experts ? el("a", { href: "#experts" }, "Experts") : null, translations ? el("a", { href: "#samples" }, "Samples") : null),
    run.state === "running" ? el("label", { class: "choice" }, reload, "reload every 30 s") : null,
    choice("axis", [["updates", "updates"], ["time", "hours"]], byTime ? "time" : "updates", (value) => { byTime = value === "time"; kept.set("axis", value); redraw(); }),
    choice("theme", [["auto", "auto"], ["light", "light"], ["dark", "dark"]], themeChoice, (value) => { themeChoice = value; kept.set("theme", value); theme(value); redraw(); })));
  document.getElementById("page").append(bar, head(), el("main", {},
    curves, experts, translations, trained ? null : el("p", { class: "wide soft" }, "Nothing is measured yet.")),
    el("footer", { class: "wide" }, "Written by ./dragoman train at update " + whole(run.update) + ". The same numbers are in metrics.jsonl, and in events/ for TensorBoard."));
  redraw();
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; redraw(); } });
  setInterval(() => { if (run.state === "running" && reload.checked && !document.hidden) location.reload(); }, 30000);
})();

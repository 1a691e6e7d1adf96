// Runs in any browser: says what is wrong where the page's own script cannot.
(function () {
	"use strict";
	var told = false;
	window.trouble = function (text) {
		var box = document.getElementById("trouble");
		if (told)
			return;
		told = true;
		box.textContent = text;
		box.hidden = false;
		document.body.className += " in-trouble";
	};
	window.addEventListener("error", function (event) {
		var what = event.message || "an error";
		window.trouble("The page has stopped working (" + what + "). Please reload it. If that does not help, " +
			"use a current Chromium, Chrome, Edge, Firefox or Safari.");
	});
	window.addEventListener("load", function () {
		if (!window.began)
			window.trouble("This file is not complete, or was changed: the page's own program is missing or does not " +
				"run. Please copy the file anew. If that does not help, use a current browser.");
	});
	var old = "This browser is too old for the machine in this page. Please open the file with a current Chromium, " +
		"Chrome, Edge, Firefox or Safari (of 2022 or later).";
	if (typeof WebAssembly !== "object")
		window.trouble("WebAssembly is switched off in this browser, and the machine in this page needs it. Please switch " +
			"it on (in Firefox: about:config, javascript.options.wasm; elsewhere an enhanced security mode turns it off), " +
			"or open the file with another browser.");
	else if (typeof Promise !== "function" || typeof BigInt !== "function" || !Element.prototype.replaceChildren ||
		!Element.prototype.animate || typeof ResizeObserver !== "function")
		window.trouble(old);
})();

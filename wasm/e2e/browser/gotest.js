// Runs a Go test binary: output to goOutput line by line, exit code to goExit, and
// the package's folder as a read-only file system.
"use strict";
(() => {
	const fail = (code) => Object.assign(new Error(code), {code});
	const open = new Map();
	let next = 10, partial = "";
	const decoder = new TextDecoder();

	const load = (path) => {
		const clean = path.replace(/^\/+/, "").replace(/^\.\/?/, "");
		const x = new XMLHttpRequest();
		x.open("GET", "/files/" + clean, false);
		x.overrideMimeType("text/plain; charset=x-user-defined");
		x.send();
		if (x.status !== 200) throw fail("ENOENT");
		const bytes = Uint8Array.from(x.responseText, (c) => c.charCodeAt(0) & 255);
		const folder = x.getResponseHeader("X-Folder") === "1";
		return {bytes, folder, at: 0};
	};
	const stat = (f) => ({
		dev: 0, ino: 0, mode: f.folder ? 0o40555 : 0o100444, nlink: 1, uid: 0, gid: 0, rdev: 0, size: f.bytes.length,
		blksize: 512, blocks: 1, atimeMs: 0, mtimeMs: 0, ctimeMs: 0, isDirectory: () => f.folder,
	});
	const answer = (f) => (...args) => {
		const done = args.pop();
		let v;
		try { v = f(...args); } catch (e) { done(e.code ? e : fail("EIO")); return; }
		done(null, v);
	};
	const held = (fd) => { const f = open.get(fd); if (!f) throw fail("EBADF"); return f; };

	Object.assign(globalThis.fs, {
		constants: {O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_TRUNC: 512, O_APPEND: 1024, O_EXCL: 128, O_DIRECTORY: 65536},
		writeSync(fd, buf) {
			const lines = (partial + decoder.decode(buf, {stream: true})).split("\n");
			partial = lines.pop();
			lines.forEach((l) => globalThis.goOutput(l));
			return buf.length;
		},
		open: answer((path, flags) => {
			if (flags & 3) throw fail("EROFS");
			open.set(++next, load(path));
			return next;
		}),
		close: answer((fd) => { open.delete(fd); }),
		fstat: answer((fd) => stat(held(fd))),
		stat: answer((path) => stat(load(path))),
		lstat: answer((path) => stat(load(path))),
		readdir: answer((path) => JSON.parse(decoder.decode(load(path).bytes))),
		read: answer((fd, buffer, offset, length, position) => {
			const f = held(fd), from = position ?? f.at;
			const part = f.bytes.subarray(from, from + length);
			buffer.set(part, offset);
			if (position === null) f.at = from + part.length;
			return part.length;
		}),
	});
	globalThis.process.cwd = () => "/";

	globalThis.goStart = async (argv) => {
		const go = new Go();
		go.argv = argv;
		let code = -1;
		go.exit = (c) => { code = c; };
		try {
			const wasm = await WebAssembly.instantiateStreaming(fetch("/test.wasm"), go.importObject);
			await go.run(wasm.instance);
		} catch (e) {
			globalThis.goOutput("harness: " + e);
		}
		if (partial) globalThis.goOutput(partial);
		globalThis.goExit(String(code));
	};
})();

/// Names of functions and files as certificates show them.
enum FrameName {
    /// Without what helps nobody, and short: demangled names of generics can be pages long.
    static func function(_ demangled: String) -> String {
        var name = Printable.line(demangled, limit: 300)
        for prefix in ["generic specialization ", "specialized "] where name.hasPrefix(prefix) {
            name = String(name.dropFirst(prefix.count))
        }
        return name
    }

    /// Functions that nobody wrote.
    static func isGlue(_ demangled: String) -> Bool {
        let kinds = ["partial apply for ", "thunk for ", "protocol witness for ", "implicit closure #", "reabstraction thunk"]
        let name = demangled.hasPrefix("specialized ") ? demangled.dropFirst(12) : demangled[...]
        return kinds.contains { name.hasPrefix($0) }
    }

    /// "Swift runtime failure: Index out of range" is the name of a function that the compiler makes for it.
    static func failure(_ rawName: String) -> String? {
        let mark = "Swift runtime failure: "
        guard let start = rawName.firstRange(of: mark)?.upperBound else { return nil }
        let words = Printable.line(String(rawName[start...]), limit: 200)
        return words.isEmpty ? nil : words
    }

    /// Nil for what the compiler made itself.
    ///
    /// Folders of the machine that built it are cut off: the house's own files begin with `Sources/`, a package's with its name.
    static func file(_ path: String, root: String = ownRoot) -> (shown: String, isOwn: Bool)? {
        guard !path.isEmpty, !path.hasSuffix("<compiler-generated>") else { return nil }
        let path = Printable.line(path, limit: 400)
        if let end = path.firstRange(of: "/checkouts/")?.upperBound { return (String(path[end...]), false) }
        if path.hasPrefix("Sources/") || path.hasPrefix("./Sources/") { return (String(path.drop { $0 == "." || $0 == "/" }), true) }
        if !root.isEmpty, path.hasPrefix(root + "Sources/") { return (String(path.dropFirst(root.count)), true) }
        // The toolchain's own: /home/build-user/swift/stdlib/public/core/Array.swift
        let parts = path.split(separator: "/")
        return (parts.suffix(5).joined(separator: "/"), false)
    }

    /// The folder that `Sources` lay in when this was built, with a slash at its end; empty when unknown.
    static let ownRoot: String = {
        let path = #filePath
        return path.firstRange(of: "Sources/Crashes/").map { String(path[..<$0.lowerBound]) } ?? ""
    }()
}

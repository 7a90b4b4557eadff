/// `--http-port 8080`, `--http-port=8080`, and `--allow-plain-http` alone for a switch.
enum FlagSource {
    static func read(_ arguments: [String], catalogue: SettingsCatalogue) -> SettingsSource {
        var source = SettingsSource()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument.utf8.count > 2 else {
                source.problems.append(.unreadable(place: .flag, reason: "\"\(argument)\" is neither a flag nor a flag's value"))
                continue
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let flag = parts.first else { continue }
            let name = flag.uppercased().replacing("-", with: "_")
            if let text = parts.dropFirst().first ?? value(of: name, &rest, catalogue: catalogue) {
                source.entries.append(SettingsSource.Entry(written: "--\(flag)", name: name, text: text, place: .flag))
            } else if catalogue.declaration(named: name) == nil {
                source.problems.append(.unknown(name: "--\(flag)", place: .flag, nearest: catalogue.nearest(to: name).map(spelled)))
            } else {
                source.problems.append(.unreadable(place: .flag, reason: "--\(flag) needs a value"))
            }
        }
        return source
    }

    /// The next argument, unless the flag is a switch or the next is a flag itself.
    private static func value(of name: String, _ rest: inout ArraySlice<String>, catalogue: SettingsCatalogue) -> String? {
        let isSwitch = catalogue.declaration(named: name)?.isSwitch ?? false
        guard let next = rest.first, !next.hasPrefix("--") else { return isSwitch ? "true" : nil }
        // Other than for a switch anything is a value, so that "--name yes" reads like "--name 8080".
        rest.removeFirst()
        return next
    }

    /// A setting's name as a flag.
    static func spelled(_ name: String) -> String {
        "--" + name.lowercased().replacing("_", with: "-")
    }
}

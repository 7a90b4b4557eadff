/// Reads `.env` files: total over any text, one problem per line that can't be understood, the other lines still count.
///
/// - `KEY=value`, `export KEY=value`, spaces around the key and the value; `#` begins a comment at a line's start or after a space.
/// - `'…'` is taken as it is; `"…"` knows `\n \r \t \" \\ \$`; both may span lines. Nothing is expanded: `$` is a `$`.
/// - Lines end in LF, CRLF or CR; a byte order mark is skipped.
struct EnvironmentFile {
    private let file: String
    private var rest: Substring.UnicodeScalarView
    private var line = 1
    private var source = SettingsSource()

    private init(_ text: String, file: String) {
        self.file = file
        // Line ends first, so that everything below knows one.
        let unified = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        rest = unified[...].unicodeScalars
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
    }

    static func read(_ text: String, file: String) -> SettingsSource {
        var reader = EnvironmentFile(text, file: file)
        while !reader.rest.isEmpty { reader.readLine() }
        return reader.source
    }

    private mutating func readLine() {
        let place = Origin.line(file: file, number: line)
        skipBlanks()
        guard let first = rest.first, first != "\n", first != "#" else { return skipLine() }
        defer { skipLine() }
        guard let key = readKey() else { return refuse(place, "a line is KEY=value or begins with #") }
        switch readValue() {
        case .success(let text): source.entries.append(SettingsSource.Entry(written: key, name: key, text: text, place: place))
        case .failure(let problem): refuse(place, problem.reason)
        }
    }

    private mutating func refuse(_ place: Origin, _ reason: String) {
        source.problems.append(.unreadable(place: place, reason: reason))
    }

    private mutating func readKey() -> String? {
        var key = take(while: isKeyLetter)
        if key == "export", let next = rest.first, next == " " || next == "\t" {
            skipBlanks()
            key = take(while: isKeyLetter)
        }
        skipBlanks()
        guard let first = key.unicodeScalars.first, !("0"..."9").contains(first), rest.first == "=" else { return nil }
        rest.removeFirst()
        skipBlanks()
        return key
    }

    private struct Problem: Error {
        let reason: String
    }

    private mutating func readValue() -> Result<String, Problem> {
        guard let quote = rest.first, quote == "'" || quote == "\"" else { return .success(readBare()) }
        rest.removeFirst()
        let (start, startLine) = (rest, line)
        guard let text = readQuoted(quote) else {
            // Only this line is lost, not the rest of the file.
            (rest, line) = (start, startLine)
            return .failure(Problem(reason: "the quote is not closed"))
        }
        skipBlanks()
        guard let next = rest.first, next != "\n", next != "#" else { return .success(text) }
        return .failure(Problem(reason: "there is text after the closing quote"))
    }

    private mutating func readBare() -> String {
        var text = String.UnicodeScalarView()
        while let scalar = rest.first, scalar != "\n" {
            if scalar == "#", text.last.map({ $0 == " " || $0 == "\t" }) ?? true { break }
            text.append(scalar)
            rest.removeFirst()
        }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }

    private mutating func readQuoted(_ quote: Unicode.Scalar) -> String? {
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == quote { return String(text) }
            if scalar == "\n" { line += 1 }
            if scalar == "\\", quote == "\"", let escaped = rest.first.flatMap(Self.escaped) {
                rest.removeFirst()
                text.append(escaped)
            } else {
                text.append(scalar)
            }
        }
        return nil
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "\"", "\\", "$": scalar
        default: nil
        }
    }

    private mutating func skipBlanks() {
        _ = take { $0 == " " || $0 == "\t" }
    }

    /// To the start of the next line.
    private mutating func skipLine() {
        _ = take { $0 != "\n" }
        if rest.popFirst() != nil { line += 1 }
    }

    private mutating func take(while matches: (Unicode.Scalar) -> Bool) -> String {
        let part = rest.prefix(while: matches)
        rest = rest.dropFirst(part.count)
        return String(part)
    }

    private func isKeyLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
    }
}

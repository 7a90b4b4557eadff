#if canImport(Glibc)
    import Glibc
#endif

/// The standard streams, unbuffered: a line that was printed is not lost when the process ends.
enum Standard {
    static func output(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    static func error(_ text: String) { write("switchboard: \(text)\n", to: STDERR_FILENO) }

    /// For people, beside what scripts read.
    static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// One line of standard input without its end; nil at the end of input.
    static func readLine() -> String? { Swift.readLine(strippingNewline: true) }

    static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}

extension Standard {
    /// A question, shown only to a person at a terminal.
    static func errorPrompt(_ text: String) {
        guard isatty(STDIN_FILENO) == 1 else { return }
        write(text, to: STDERR_FILENO)
    }
}

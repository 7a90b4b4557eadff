extension Fault {
    /// Every fault as it is written, with arguments of the kind that it takes. `[:x]`: may be left out.
    package static let usages = [
        "ok", "refuse[:seconds]", "black-hole", "slow[:ms]", "drip[:bytes[:ms]]", "reset-before-head", "reset-after-head",
        "reset-after-start",
        "reset-mid-content", "close-before-head", "close-mid-content", "hang-after-head", "hang-after-start", "hang-mid-content",
        "400…599", "429[:retry-after]", "spend-limit", "usage-limit", "error-early[:type]", "error-late[:type]", "garbage",
        "malformed-events", "not-http",
        "truncated", "oversized-header[:bytes]", "length-too-long", "length-too-short", "redirect[:url]", "gzip", "huge[:MiB]", "crlf",
        "bytewise",
        "cut-utf8", "paced[:ms[:count]]", "late-content[:ms]", "early-hints",
    ]

    /// - Throws: `PracticeNodeError.fault`.
    package init(_ text: String) throws(PracticeNodeError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count > 1 ? String(parts.last ?? "") : nil
        guard let name = parts.first, let fault = Fault.simple(name, rest) ?? Fault.counted(name, rest) ?? Fault.status(name, rest) else {
            throw PracticeNodeError.fault(String(text.prefix(100)))
        }
        self = fault
    }

    private static func simple(_ name: Substring, _ rest: String?) -> Fault? {
        switch (name, rest) {
        case ("error-early", _): return .errorEarly(type: rest ?? "overloaded_error")
        case ("error-late", _): return .errorLate(type: rest ?? "overloaded_error")
        // Nothing listens on port 9: whoever follows finds nobody.
        case ("redirect", _): return .redirect(to: rest ?? "http://127.0.0.1:9/elsewhere")
        case (_, .some): return nil
        default: return withoutArguments[name]
        }
    }

    private static let withoutArguments: [Substring: Fault] = [
        "ok": .none, "black-hole": .blackHole, "reset-before-head": .resetBeforeHead, "reset-after-head": .resetAfterHead,
        "reset-after-start": .resetAfterStart, "reset-mid-content": .resetMidContent, "close-before-head": .closeBeforeHead,
        "close-mid-content": .closeMidContent, "hang-after-head": .hangAfterHead, "hang-after-start": .hangAfterStart,
        "hang-mid-content": .hangMidContent, "spend-limit": .spendLimit, "usage-limit": .usageLimit, "garbage": .garbage,
        "malformed-events": .malformedEvents, "not-http": .notHTTP, "truncated": .truncated, "length-too-long": .lengthTooLong,
        "length-too-short": .lengthTooShort, "gzip": .gzip, "crlf": .crlf, "bytewise": .bytewise, "cut-utf8": .cutUTF8,
        "early-hints": .earlyHints,
    ]

    private static func counted(_ name: Substring, _ rest: String?) -> Fault? {
        /// The arguments with what they are when left out, and the most that each may be.
        func counts(_ shapes: (normal: Int, most: Int)...) -> [Int]? {
            let given = rest.map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
            guard given.count <= shapes.count else { return nil }
            var found: [Int] = []
            for (index, shape) in shapes.enumerated() {
                guard index < given.count else { found.append(shape.normal); continue }
                guard let count = Int(given[index]), (0...shape.most).contains(count) else { return nil }
                found.append(count)
            }
            return found
        }
        let hour = 3_600_000
        switch name {
        case "refuse": return counts((5, 3_600)).flatMap { $0.first }.map { .refuse(seconds: $0) }
        case "slow": return counts((1_000, hour)).flatMap { $0.first }.map { .slow(milliseconds: $0) }
        case "late-content": return counts((3_000, hour)).flatMap { $0.first }.map { .lateContent(milliseconds: $0) }
        case "oversized-header": return counts((200_000, 8 << 20)).flatMap { $0.first }.map { .oversizedHeader(bytes: $0) }
        case "huge": return counts((16, 4_096)).flatMap { $0.first }.map { .huge(mebibytes: $0) }
        case "drip":
            guard let pair = counts((16, 1 << 20), (10, hour)), let bytes = pair.first, let pause = pair.last, bytes > 0 else { return nil }
            return .drip(bytes: bytes, milliseconds: pause)
        case "paced":
            guard let pair = counts((50, hour), (100, 100_000)), let pause = pair.first, let count = pair.last else { return nil }
            return .paced(milliseconds: pause, count: count)
        default: return nil
        }
    }

    private static func status(_ name: Substring, _ rest: String?) -> Fault? {
        guard name.utf8.count == 3, let code = Int(name), (400...599).contains(code) else { return nil }
        guard let rest else { return .status(code, retryAfter: nil) }
        guard let seconds = Int(rest), (0...100_000_000).contains(seconds) else { return nil }
        return .status(code, retryAfter: seconds)
    }
}

extension Fault: CustomStringConvertible {
    /// As it is written.
    package var description: String {
        switch self {
        case .refuse(let seconds): "refuse:\(seconds)"
        case .slow(let milliseconds): "slow:\(milliseconds)"
        case .drip(let bytes, let milliseconds): "drip:\(bytes):\(milliseconds)"
        case .status(let status, let retryAfter): retryAfter.map { "\(status):\($0)" } ?? "\(status)"
        case .errorEarly(let type): "error-early:\(type)"
        case .errorLate(let type): "error-late:\(type)"
        case .oversizedHeader(let bytes): "oversized-header:\(bytes)"
        case .redirect(let url): "redirect:\(url)"
        case .huge(let mebibytes): "huge:\(mebibytes)"
        case .paced(let milliseconds, let count): "paced:\(milliseconds):\(count)"
        case .lateContent(let milliseconds): "late-content:\(milliseconds)"
        default: Fault.withoutArguments.first { $0.value == self }.map { String($0.key) } ?? "ok"
        }
    }
}

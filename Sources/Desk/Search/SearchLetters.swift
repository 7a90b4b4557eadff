/// What a letter becomes in the index: small, without accents, in its usual width. Who looks for "cafe" finds "Café" and "ＣＡＦＥ".
enum SearchLetters {
    /// One letter of a text: mostly one scalar, seldom more ("ß" is "ss").
    struct Folded: Hashable, Sendable {
        let first: Unicode.Scalar
        var rest: [Unicode.Scalar] = []

        var isASCII: Bool { first.isASCII && rest.allSatisfy(\.isASCII) }
    }

    /// What stands for `scalar`; nil for what is no letter and no digit.
    static func folded(_ scalar: Unicode.Scalar) -> Folded? {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7A: return Folded(first: scalar)
        case 0x41...0x5A: return ascii(scalar.value + 0x20)
        case 0..<0x80: return nil
        // Full-width forms, as Chinese and Japanese keyboards write them.
        case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0).flatMap(folded)
        case 0xC0...0x24F, 0x1E00...0x1EFF: if let plain = plainLatin[scalar.value] { return plain }
        default: break
        }
        guard isLetter(scalar) else { return nil }
        return Folded(scalar.properties.lowercaseMapping.unicodeScalars.filter { !isMark($0) })
    }

    /// A mark on the letter before it, or a joiner between two: no end of a word, but nothing in the index either.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // A space of no width ends a word as any other space.
        case .nonspacingMark, .enclosingMark, .format: scalar.value != 0x200B
        default: false
        }
    }

    /// Of a script that is written without spaces between words, or glues to them what other languages set apart.
    static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005, 0x3007, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF: true  // Kana, 々, 〇
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: true  // Han
        case 0xAC00...0xD7A3, 0xFF66...0xFF9F: true  // Hangul; Katakana of half the width
        case 0x0E01...0x0E4E, 0x0E81...0x0ECD, 0x1000...0x109F, 0x1780...0x17D3: true  // Thai, Lao, Burmese, Khmer
        default: false
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic { return true }
        switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .spacingMark: return true
        default: return false
        }
    }

    private static func ascii(_ value: UInt32) -> Folded? {
        Unicode.Scalar(value).map { Folded(first: $0) }
    }

    /// Latin letters with something on, in or through them, by the letters that Unicode names them after: "LATIN SMALL LETTER E WITH ACUTE".
    private static let plainLatin: [UInt32: Folded] = {
        var plain = [0xDF: "ss", 0x131: "i", 0x17F: "s", 0x1E9E: "ss"].compactMapValues { Folded($0.unicodeScalars) } as [UInt32: Folded]
        for value in [UInt32](0xC0...0x24F) + [UInt32](0x1E00...0x1EFF) where plain[value] == nil {
            guard let name = Unicode.Scalar(value)?.properties.name else { continue }
            let words = name.split(separator: " ")
            guard words.prefix(3).last == "LETTER", let letters = words.dropFirst(3).first,
                words.dropFirst(4).first.map({ $0 == "WITH" }) ?? true, letters.utf8.count == 1 || ["AE", "OE", "IJ"].contains(letters)
            else { continue }
            plain[value] = Folded(letters.lowercased().unicodeScalars)
        }
        return plain
    }()
}

extension SearchLetters.Folded {
    /// Nil for nothing.
    fileprivate init?(_ scalars: some Collection<Unicode.Scalar>) {
        guard let first = scalars.first else { return nil }
        self.init(first: first, rest: Array(scalars.dropFirst()))
    }
}

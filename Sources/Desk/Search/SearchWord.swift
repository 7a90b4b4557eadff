/// One word of a text as the index keeps it.
///
/// Its own words rather than an engine's: the same is found on every engine, whatever parser, stop words and shortest word its server has
/// (decision 20).
struct SearchWord: Hashable, Sendable {
    enum Script: String, Sendable {
        /// Letters and digits of ASCII, after folding.
        case latin = "x"
        /// Two letters that stand next to each other, of a script without spaces; the last letter of a run alone.
        case pair = "y"
        /// A word of any other script: its letters in hexadecimal.
        case other = "z"
    }

    let script: Script
    /// `[a-z0-9]`, at most `longest` characters.
    let text: String
    /// Where it stands, in UTF-16 units.
    let range: Range<Int>
    /// Where its first letter ends.
    let firstEnd: Int

    /// Longer words are cut: who looks for one is cut as well, and finds it. With a workspace's number it is still shorter than the 84
    /// characters that InnoDB takes (`innodb_ft_max_token_size`).
    static let longest = 48

    /// As it stands in the index: words of two workspaces never meet.
    func token(in workspace: Int64) -> String { "\(workspace)\(script.rawValue)\(text)" }

    /// Whether a text with this word has one that begins with `beginning`.
    func begins(with beginning: SearchWord) -> Bool {
        script == beginning.script && text.hasPrefix(beginning.text)
    }

    func isSame(as other: SearchWord) -> Bool { script == other.script && text == other.text }
}

/// Letters of a text that belong together.
struct SearchRun {
    struct Letter {
        let folded: SearchLetters.Folded
        let range: Range<Int>
    }

    let script: SearchWord.Script
    var letters: [Letter]

    var isUnspaced: Bool { script == .pair }

    /// All of `text`, in order.
    static func all(in text: String) -> [SearchRun] {
        var runs: [SearchRun] = []
        var place = 0
        var isOpen = false
        for scalar in text.unicodeScalars {
            let range = place..<(place + UTF16.width(scalar))
            place = range.upperBound
            let isUnspaced = SearchLetters.isUnspaced(scalar)
            guard let folded = isUnspaced ? SearchLetters.Folded(first: scalar) : SearchLetters.folded(scalar) else {
                isOpen = isOpen && SearchLetters.isMark(scalar)
                continue
            }
            let script: SearchWord.Script = isUnspaced ? .pair : folded.isASCII ? .latin : .other
            // Where scripts meet a word ends: "iPhone手机" and "5µm" are found by their beginnings.
            if isOpen, let last = runs.indices.last, runs[last].script == script {
                runs[last].letters.append(Letter(folded: folded, range: range))
            } else {
                runs.append(SearchRun(script: script, letters: [Letter(folded: folded, range: range)]))
            }
            isOpen = true
        }
        return runs
    }

    /// As the index keeps it.
    var words: [SearchWord] { isUnspaced ? pairs : [word].compactMap { $0 } }

    /// Every two letters; the last one once more by itself, so that each letter begins a word.
    private var pairs: [SearchWord] {
        letters.indices.map { index in
            let both = letters[index..<min(index + 2, letters.count)]
            let range = letters[index].range
            return SearchWord(
                script: .pair, text: Self.hexadecimal(both), range: range.lowerBound..<(both.last?.range ?? range).upperBound,
                firstEnd: range.upperBound)
        }
    }

    private var word: SearchWord? {
        guard let first = letters.first, let last = letters.last else { return nil }
        let kept = letters.prefix(SearchWord.longest)
        let text = script == .latin ? Self.plain(kept) : Self.hexadecimal(kept)
        return SearchWord(
            script: script, text: String(text.prefix(SearchWord.longest)), range: first.range.lowerBound..<last.range.upperBound,
            firstEnd: first.range.upperBound)
    }

    private static func plain(_ letters: ArraySlice<Letter>) -> String {
        letters.reduce(into: "") { text, letter in
            text.unicodeScalars.append(letter.folded.first)
            text.unicodeScalars.append(contentsOf: letter.folded.rest)
        }
    }

    /// Four digits for each UTF-16 unit, so that the beginning of a word is the beginning of its digits.
    private static func hexadecimal(_ letters: ArraySlice<Letter>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(4 * letters.count)
        for letter in letters {
            append(letter.folded.first, to: &digits)
            for scalar in letter.folded.rest { append(scalar, to: &digits) }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func append(_ scalar: Unicode.Scalar, to digits: inout [UInt8]) {
        for unit in String(scalar).utf16 {
            for shift in stride(from: 12, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: unit >> shift & 0xF)
                digits.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        }
    }
}

/// The part of a text that shows why it was found.
package struct Excerpt: Hashable, Sendable {
    /// One line.
    package let text: String
    /// What was looked for, in UTF-16 units of `text`: rising, none touching another.
    package let marks: [Range<Int>]

    private static let most = 180
    /// UTF-16 units at most: one letter may carry thousands of accents.
    private static let mostUnits = 720
    /// Characters before the first mark that say what it is about.
    private static let before = 50

    /// - Parameter marks: in UTF-16 units of `text`.
    init(of text: String, marks: [Range<Int>]) {
        var characters: [(character: Character, start: Int)] = []
        var place = 0
        for character in text {
            characters.append((character, place))
            place += character.utf16.count
        }
        let first = marks.first.flatMap { mark in characters.lastIndex { $0.start <= mark.lowerBound } } ?? 0
        let start = Self.start(before: first, in: characters.map(\.character))
        let from = characters.dropFirst(start).first?.start ?? 0
        let shown = Array(
            characters.dropFirst(start).prefix(Self.most).prefix { $0.start + $0.character.utf16.count - from <= Self.mostUnits })
        var line = start > 0 ? "…" : ""
        /// Where each of `shown` came to stand.
        var places: [Int] = []
        for (character, _) in shown {
            places.append(line.utf16.count)
            line.append(character.isNewline || character == "\t" ? " " : character)
        }
        let end = line.utf16.count
        // To whole characters: a mark may end before an accent that stands by itself.
        let windowEnd = shown.last.map { $0.start + $0.character.utf16.count } ?? 0
        self.marks = marks.compactMap { mark in
            guard mark.lowerBound < windowEnd else { return nil }
            let from = zip(shown, places).reversed().first { $0.0.start <= mark.lowerBound }?.1
            let to = zip(shown, places).first { $0.0.start >= mark.upperBound }?.1 ?? end
            return from.flatMap { $0 < to ? $0..<to : nil }
        }
        self.text = line + (start + shown.count < characters.count ? "…" : "")
    }

    /// At the beginning of a word where one is near.
    private static func start(before first: Int, in characters: [Character]) -> Int {
        guard first > before, characters.count > most else { return 0 }
        let from = min(first - before, characters.count - most)
        let gap = characters[from..<min(from + 15, first)].firstIndex { $0.isWhitespace }
        return gap.map { $0 + 1 } ?? from
    }
}

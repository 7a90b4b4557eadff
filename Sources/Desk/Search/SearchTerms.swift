import Storage
import Vocabulary

/// What somebody looks for, read once.
struct SearchTerms: Hashable, Sendable {
    enum Term: Hashable, Sendable {
        /// A word that begins so.
        case beginning(SearchWord)
        /// These, next to each other.
        case phrase([SearchWord])
    }

    /// All of them must be there.
    let terms: [Term]

    static let mostCharacters = 200
    static let mostTerms = 12
    /// Words in a phrase. InnoDB takes no more than 128 ("too many words in a FTS phrase"); who pastes a paragraph is helped by its beginning.
    static let mostInPhrase = 64
    /// How far beyond the first place of a term others of it are marked, in UTF-16 units: more than an excerpt shows.
    private static let markSpan = 800

    /// Words are looked for by their beginning, letters of scripts without spaces wherever they stand next to each other, what stands in
    /// quotes word for word.
    /// - Throws: `DeskError.fieldInvalid`.
    init(_ text: String) throws(DeskError) {
        guard text.utf8.count <= Self.mostCharacters * 4, text.count <= Self.mostCharacters else {
            throw .fieldInvalid(field: "q", reason: "at most \(Self.mostCharacters) characters")
        }
        let parts = text.split(omittingEmptySubsequences: false) { "\"“”„«»「」『』＂".contains($0) }
        terms = parts.enumerated().flatMap { number, part in
            let runs = SearchRun.all(in: String(part))
            // A quote that nothing ends is an inch, or still being typed.
            let isQuoted = !number.isMultiple(of: 2) && number < parts.count - 1
            return !isQuoted ? runs.compactMap(Self.term(of:)) : [Self.phrase(of: runs)].compactMap { $0 }
        }
        guard !terms.isEmpty else { throw .fieldInvalid(field: "q", reason: "at least one letter or digit") }
        guard terms.count <= Self.mostTerms else { throw .fieldInvalid(field: "q", reason: "at most \(Self.mostTerms) words") }
    }

    private static func term(of run: SearchRun) -> Term? {
        let words = run.words
        guard let first = words.first else { return nil }
        if run.isUnspaced { return words.count == 1 ? .beginning(first) : .phrase(Array(words.dropLast().prefix(mostInPhrase))) }
        // Nearly every text has a word that begins with some letter.
        return first.text.utf8.count == 1 ? .phrase([first]) : .beginning(first)
    }

    private static func phrase(of runs: [SearchRun]) -> Term? {
        if runs.count == 1, let run = runs.first, run.isUnspaced { return term(of: run) }
        var words = runs.flatMap(\.words)
        // The last letter of a run stands by itself only where the run ends in the text as well.
        if let last = runs.last, last.isUnspaced, last.letters.count > 1 { words.removeLast() }
        return words.isEmpty ? nil : .phrase(Array(words.prefix(mostInPhrase)))
    }

    /// In the words of a workspace.
    func query(in workspace: Int64) -> FullTextQuery {
        FullTextQuery(
            terms.map { term in
                switch term {
                case .beginning(let word): .beginning(word.token(in: workspace))
                case .phrase(let words): .phrase(words.map { $0.token(in: workspace) })
                }
            })
    }

    /// Where a text has what is looked for, in UTF-16 units: rising, none touching another.
    func marks(in text: String) -> [Range<Int>] {
        let words = SearchRun.all(in: text).flatMap(\.words)
        let found = terms.flatMap { term in
            switch term {
            case .beginning(let beginning):
                Self.near(
                    words.lazy.filter { $0.begins(with: beginning) }.map { word in
                        word.script == .pair ? word.range.lowerBound..<word.firstEnd : word.range
                    })
            case .phrase(let phrase): Self.places(of: phrase, in: words)
            }
        }
        return found.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { marks, range in
            if let last = marks.last, range.lowerBound <= last.upperBound {
                marks[marks.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                marks.append(range)
            }
        }
    }

    private static func places(of phrase: [SearchWord], in words: [SearchWord]) -> [Range<Int>] {
        guard !phrase.isEmpty, words.count >= phrase.count else { return [] }
        return near(
            (0...(words.count - phrase.count)).lazy.compactMap { start in
                let candidate = words[start..<(start + phrase.count)]
                guard let first = candidate.first, let last = candidate.last,
                    zip(candidate, phrase).allSatisfy({ $0.isSame(as: $1) })
                else { return nil }
                return first.range.lowerBound..<last.range.upperBound
            })
    }

    /// Those that an excerpt may show: all of a long text would take as long as finding it.
    private static func near(_ found: some Sequence<Range<Int>>) -> [Range<Int>] {
        var kept: [Range<Int>] = []
        for range in found {
            guard range.lowerBound < (kept.first?.lowerBound ?? range.lowerBound) + markSpan else { break }
            kept.append(range)
        }
        return kept
    }
}

#if MySQL
    /// Finding one's way in a statement's pieces.
    extension [SQLPiece] {
        /// The next piece from `start` that isn't space.
        func solid(from start: Int) -> Int? { start < count ? self[start...].firstIndex { $0.kind != .space } : nil }

        /// The last piece before `end` that isn't space.
        func solid(before end: Int) -> Int? { self[..<Swift.min(end, count)].lastIndex { $0.kind != .space } }

        /// Where the words stand one after the other, from `start` on.
        func find(_ words: String..., from start: Int = 0) -> Range<Int>? {
            guard start < count else { return nil }
            return self[start...].indices.lazy.compactMap { match(words, at: $0) }.first
        }

        /// The range of the words when they stand at `start`.
        func match(_ words: [String], at start: Int) -> Range<Int>? {
            var place = start
            for (number, word) in words.enumerated() {
                guard let next = number == 0 ? start : solid(from: place), indices.contains(next), self[next].word == word else {
                    return nil
                }
                place = next + 1
            }
            return start..<place
        }

        /// The bracket that closes the one at `open`.
        func closing(_ open: Int) -> Int? {
            var depth = 0
            for index in self[open...].indices {
                if self[index].isMark("(") { depth += 1 }
                if self[index].isMark(")") {
                    depth -= 1
                    if depth == 0 { return index }
                }
            }
            return nil
        }

        /// Pieces of the outermost level of `range`, by index.
        func outermost(_ range: Range<Int>) -> [Int] {
            var depth = 0
            return range.filter { index in
                if self[index].isMark(")") { depth -= 1 }
                defer { if self[index].isMark("(") { depth += 1 } }
                return depth == 0
            }
        }

        /// The parts of `range` between commas of its outermost level.
        func split(_ range: Range<Int>) -> [Range<Int>] {
            let commas = outermost(range).filter { self[$0].isMark(",") }
            let ends = commas + [range.upperBound]
            let starts = [range.lowerBound] + commas.map { $0 + 1 }
            return zip(starts, ends).map { $0..<$1 }
        }

        /// The first of `words` on the outermost level of `range`.
        func outermost(_ range: Range<Int>, word: String) -> Int? { outermost(range).first { self[$0].word == word } }

        /// The name that `range` begins with, unquoted and in lower case.
        func name(at start: Int) -> String? {
            guard let place = solid(from: start) else { return nil }
            switch self[place].kind {
            case .word: return self[place].text.lowercased()
            case .name: return String(self[place].text.dropFirst().dropLast()).lowercased()
            default: return nil
            }
        }
    }
#endif

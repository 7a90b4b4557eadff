/// How far apart two names are: letters put in, left out, changed, or two neighbours swapped.
///
/// Source: optimal string alignment distance (Damerau 1964, restricted).
enum EditDistance {
    static func between(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.uppercased().utf8), Array(right.uppercased().utf8))
        var before: [Int] = []
        var above = Array(0...right.count)
        var last: UInt8?
        for (row, letter) in left.enumerated() {
            let line = next(row: row, letter: letter, last: last, right: right, above: above, before: before)
            (before, above, last) = (above, line, letter)
        }
        return above.last ?? left.count
    }

    /// The nearest of `names` that is near enough to have been meant.
    static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let limit = max(1, name.utf8.count / 3)
        return names.map { (name: $0, distance: between(name, $0)) }.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
    }

    private static func next(row: Int, letter: UInt8, last: UInt8?, right: [UInt8], above: [Int], before: [Int]) -> [Int] {
        var line = [row + 1]
        for (column, other) in right.enumerated() {
            var best = min(line[column] + 1, above[column + 1] + 1, above[column] + (letter == other ? 0 : 1))
            if column > 0, let last, last == other, letter == right[column - 1], before.indices.contains(column - 1) {
                best = min(best, before[column - 1] + 1)
            }
            line.append(best)
        }
        return line
    }
}

@testable import Desk
import Testing
import TestSupport

@Suite("Numbers that several instances write")
struct FollowingTests {
    private typealias Row = Following<String>

    @Test("what is written here, with nothing in between, is told at once and needs no read")
    func alone() {
        var row = Row(after: 7)
        for number in Int64(8)...100 { #expect(row.wrote("own", as: number) == .tell) }
        #expect(row.told == 100)
    }

    @Test("what others wrote before is read first, then what waits")
    func gap() {
        var row = Row(after: 0)
        #expect(row.wrote("own 3", as: 3) == .read(after: 0))
        #expect(row.wrote("own 4", as: 4) == .nothing)
        let found = row.found([(1, "a"), (2, "b"), (3, "c")], after: 0, whole: 3, top: 3)
        #expect(found.tell.map(\.item) == ["a", "b", "own 3", "own 4"])
        #expect(found.then == .nothing)
        #expect(row.told == 4)
    }

    @Test("what was read is not told again when its own note comes")
    func readBefore() {
        var row = Row(after: 0)
        #expect(row.heard(of: 1) == .read(after: 0))
        _ = row.found([(1, "a"), (2, "own")], after: 0, whole: 2, top: 2)
        #expect(row.wrote("own", as: 2) == .nothing)
        #expect(row.wrote("next", as: 3) == .tell)
    }

    @Test("hints that are late, doubled or of the past cost nothing")
    func hints() {
        var row = Row(after: 5)
        #expect(row.heard(of: 5) == .nothing)
        #expect(row.heard(of: 6) == .read(after: 5))
        #expect(row.heard(of: 6) == .nothing)
        #expect(row.heard(of: 8) == .nothing)
        // The read began before 8 was there.
        #expect(row.found([(6, "a")], after: 5, whole: 6, top: 6).then == .read(after: 6))
    }

    @Test("what the database doesn't show yet is asked for a while, what was written here without end")
    func patience() {
        var hinted = Row(after: 0)
        _ = hinted.heard(of: .max)
        for _ in 1..<Row.patience { #expect(hinted.found([], after: 0, whole: 0, top: 0).then == .readLater(after: 0)) }
        #expect(hinted.found([], after: 0, whole: 0, top: 0).then == .nothing)
        #expect(hinted.heard(of: 1) == .read(after: 0))

        var written = Row(after: 0)
        _ = written.wrote("own", as: 2)
        for _ in 0..<100 { #expect(written.found([], after: 0, whole: 0, top: 0).then == .readLater(after: 0)) }
        #expect(written.found([(1, "a"), (2, "b")], after: 0, whole: 2, top: 2).tell.map(\.item) == ["a", "own"])
    }

    @Test("a receipt that was overwritten by a later one is passed over, one's own is not")
    func holes() {
        var row = Row(after: 0)
        _ = row.wrote("own", as: 2)
        let found = row.found([(5, "later")], after: 0, whole: 5, top: 5)
        #expect(found.tell.map(\.item) == ["own", "later"])
        #expect(row.told == 5)
    }

    @Test("each number is told once and in order, in whatever order news comes", arguments: 0..<200 as Range<UInt64>)
    func random(seed: UInt64) {
        var chance = SeededRandom(seed: seed)
        let total = Int64(60)
        var row = Following<Int64>(after: 0)
        var told: [Int64] = []
        var committed: Int64 = 0
        var notes: [Int64] = []
        var reads: [(after: Int64, top: Int64)] = []
        func take(_ verdict: Following<Int64>.Verdict) {
            switch verdict {
            case .read(let after), .readLater(let after): reads.append((after, committed))
            case .tell, .nothing: break
            }
        }
        while row.told < total {
            switch Int.random(in: 0..<5, using: &chance) {
            case 0 where committed < total:
                committed += 1
                if Bool.random(using: &chance) { notes.append(committed) }
            case 1 where !notes.isEmpty:
                let number = notes.removeFirst()
                let verdict = row.wrote(number, as: number)
                if verdict == .tell { told.append(number) }
                take(verdict)
            case 2 where committed > 0: take(row.heard(of: Int64.random(in: 1...committed, using: &chance)))
            case 3 where committed == total: take(row.heard(of: committed))
            case 4 where !reads.isEmpty:
                let read = reads.removeFirst()
                // A read sees what was there when it began, and only so much of it.
                let last = min(read.top, read.after + 7)
                let items = last > read.after ? ((read.after + 1)...last).map { (number: $0, item: $0) } : []
                let (due, verdict) = row.found(items, after: read.after, whole: max(last, read.after), top: read.top)
                told += due.map(\.item)
                take(verdict)
            default: break
            }
        }
        #expect(told == Array(1...total))
    }
}

import Testing
import TestSupport

@testable import WebServer

@Suite("The check of UTF-8")
struct UTF8CheckTests {
    @Test("agrees with Swift on random bytes, cut at random")
    func agreesWithSwift() {
        var random = SeededRandom(seed: 3_629)
        // Mostly bytes that mean something at edges of the table.
        let edges: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<100_000 {
            let bytes = (0..<Int.random(in: 0...6, using: &random)).map { _ in edges[Int.random(in: 0..<edges.count, using: &random)] }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let isText = String(validating: bytes, as: UTF8.self) != nil
            if accepts(bytes, cutAt: cut) != isText { Issue.record("\(bytes) cut at \(cut)") }
        }
    }

    @Test("takes every character that there is")
    func everyCharacter() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isTaken = accepts(Array(String(Character(scalar)).utf8), cutAt: 1)
            if !isTaken { Issue.record("U+\(String(value, radix: 16)) was refused") }
        }
    }

    private func accepts(_ bytes: [UInt8], cutAt cut: Int) -> Bool {
        var check = UTF8Check()
        for part in [bytes.prefix(cut), bytes.dropFirst(cut)] {
            guard part.withUnsafeBytes({ check.accept($0) }) else { return false }
        }
        return check.isComplete
    }
}

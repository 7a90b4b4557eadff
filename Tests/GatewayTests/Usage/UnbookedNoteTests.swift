import Routing
import Testing
import TestSupport
import Vocabulary

@testable import Gateway

@Suite("The note of what is in no book")
struct UnbookedNoteTests {
    private let directory = try? TemporaryDirectory()

    private func note() throws -> UnbookedNote {
        UnbookedNote(folder: try JournalFolder(try #require(directory).path))
    }

    @Test("a process does not read its own; what others wrote is added up, and lines that are none are left out")
    func reading() throws {
        let (note, folder) = (try note(), try #require(directory))
        let (first, second) = (
            KeyID.make(at: Timestamp(milliseconds: 1_795_248_000_000)), KeyID.make(at: Timestamp(milliseconds: 1_795_248_000_000))
        )
        try note.write([first: UseElsewhere(open: 1, reserved: 5, day: 6, month: 7)])
        #expect(note.read().isEmpty)
        try folder.write(Array("\(first) 1 50 20 30\nnonsense\n\(second) 1 2 3\n".utf8), to: "unbooked-1")
        try folder.write(Array("\(first) 2 5 -9 9223372036854775808\n\(first) 1 1 1 1\n\(second) 0 0 1 1 1\n".utf8), to: "unbooked-2")
        #expect(note.read() == [first: UseElsewhere(open: 2, reserved: 51, day: 21, month: 31)])
        note.removeAll()
        #expect(note.read().isEmpty && folder.names(in: ".").isEmpty)
    }

    @Test("each note says as whom its process worked beside others; a release that did not say so is nobody")
    func instances() throws {
        let (note, folder) = (try note(), try #require(directory))
        let (north, south) = (
            InstanceID.make(at: Timestamp(milliseconds: 1_795_248_000_000)), InstanceID.make(at: Timestamp(milliseconds: 1_795_248_000_001))
        )
        let key = KeyID.make(at: Timestamp(milliseconds: 1_795_248_000_000))
        try note.write([key: UseElsewhere(open: 1)], of: north)
        let written = try #require(folder.names(in: ".").first)
        try folder.write(try folder.bytes(of: written), to: "unbooked-1")
        try folder.write(Array("\(key) 2 0 0 0\n".utf8), to: "unbooked-2")
        try folder.write(Array("instance \(south) x\n\(key) 4 0 0 0\n".utf8), to: "unbooked-3")
        try folder.write(Array("instance nobody\ninstance \(south)\n".utf8), to: "unbooked-4")
        #expect(note.instances() == [north])
        #expect(note.read() == [key: UseElsewhere(open: 7)])
    }

    @Test("where nothing is open and everything is booked there is no note")
    func nothing() throws {
        let (note, folder) = (try note(), try #require(directory))
        let key = KeyID.make(at: Timestamp(milliseconds: 1_795_248_000_000))
        try note.write([key: UseElsewhere(open: 1)])
        #expect(folder.names(in: ".").count == 1)
        try note.write([key: UseElsewhere()])
        #expect(folder.names(in: ".").isEmpty)
    }

    @Test("bytes of any kind are read without harm")
    func hostile() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = UnbookedNote.parse(Substring(String(decoding: bytes, as: UTF8.self)))
        }
    }
}

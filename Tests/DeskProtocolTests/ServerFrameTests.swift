import DeskProtocol
import Testing
import Vocabulary

@Suite("Frames to clients")
struct ServerFrameTests {
    private let conversation = ConversationID(ULID(time: Timestamp(milliseconds: 1_763_722_800_000), randomness: (1, 2)))
    private let member = MemberID(ULID(time: Timestamp(milliseconds: 1_763_722_800_000), randomness: (3, 4)))

    private func event(_ seq: Int64, _ pubSeq: Int64, _ body: EventBody) -> ConversationEvent {
        ConversationEvent(
            id: EventID(ULID(time: Timestamp(milliseconds: 1), randomness: (0, UInt64(seq)))), seq: seq, pubSeq: pubSeq,
            at: Timestamp(milliseconds: 1_763_722_800_000), by: .member(member, name: "Ada \"A\" 王"), clientID: nil, body: body)
    }

    private func text(_ frame: ServerFrame, _ audience: Audience) -> String {
        String(decoding: frame.encoded(for: audience), as: UTF8.self)
    }

    @Test("customers get public numbers and nothing else")
    func numbers() {
        let frame = ServerFrame.events(conversation, [event(7, 4, .message(text: "hi"))])
        #expect(text(frame, .staff).contains(#""seq":7,"pubSeq":4"#))
        #expect(text(frame, .customer).contains(#""seq":4,"id""#))
        #expect(!text(frame, .customer).contains("pubSeq"))
    }

    @Test("names and texts are escaped")
    func escaping() {
        let frame = ServerFrame.events(conversation, [event(1, 1, .message(text: "a\u{0}\n\"\\</script>"))])
        #expect(text(frame, .staff).contains(#""name":"Ada \"A\" 王""#))
        #expect(text(frame, .staff).contains(#""text":"a\u0000\n\"\\</script>""#))
    }

    @Test("a refused send says whether trying again helps")
    func nack() throws {
        let clientID = try #require(ULID("01J9Z3N4E5F6G7H8J9K0M1N2P3"))
        let passing = FrameError(.storageBusy, "later", ref: 3, retryAfterMilliseconds: 500)
        #expect(
            text(.nack(passing, clientID: clientID), .staff)
                == #"{"type":"nack","code":"storage_busy","message":"later","ref":3,"retryAfterMs":500,"clientID":"01J9Z3N4E5F6G7H8J9K0M1N2P3","final":false}"#
        )
        #expect(text(.nack(FrameError(.textEmpty, "empty"), clientID: clientID), .staff).contains(#""final":true"#))
    }

    @Test("only typing and presence may be dropped")
    func lanes() {
        #expect(ServerFrame.typing(conversation, by: .system, on: true).isEphemeral)
        #expect(ServerFrame.memberPresence(member, online: true).isEphemeral)
        #expect(!ServerFrame.events(conversation, []).isEphemeral)
        #expect(!ServerFrame.resync.isEphemeral)
    }
}

import DeskProtocol
import Testing
import Vocabulary

@Suite("Frames from clients")
struct ClientFrameTests {
    private static let id = "01J9Z3N4E5F6G7H8J9K0M1N2P3"

    private func parse(_ text: String) throws(FrameError) -> ClientFrame {
        let bytes = Array(text.utf8)
        let result: Result<ClientFrame, FrameError> = bytes.withUnsafeBytes { raw in
            do throws(FrameError) { return .success(try ClientFrame.parse(raw)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    @Test("init carries ticket and cursors")
    func initialise() throws {
        let frame = try parse(
            #"{"type":"init","protocol":1,"ticket":"t","epoch":"e","feed":12,"conversations":{"\#(Self.id)":42}}"#)
        let id = try #require(ConversationID(Self.id))
        #expect(
            frame
                == .initialise(
                    Initialise(protocolVersion: 1, ticket: "t", cursors: Cursors(epoch: "e", feed: 12, conversations: [id: 42]))))
    }

    @Test("a send names its act")
    func send() throws {
        let id = try #require(ConversationID(Self.id))
        let clientID = try #require(ULID(Self.id))
        let text =
            #"{"type":"send","ref":17,"clientID":"\#(Self.id)","conversation":"\#(Self.id)","basedOn":41,"kind":"text","body":{"text":"你好"}}"#
        #expect(try parse(text) == .send(Send(conversation: id, clientID: clientID, basedOn: 41, act: .text("你好")), ref: 17))
        let nobody = #"{"type":"send","ref":1,"clientID":"\#(Self.id)","kind":"assign","body":{"member":null}}"#
        #expect(try parse(nobody) == .send(Send(conversation: nil, clientID: clientID, basedOn: nil, act: .assign(nil)), ref: 1))
    }

    @Test(
        "says what is wrong with a frame, and which one it was",
        arguments: [
            (#"[]"#, FrameErrorCode.badJSON, nil), (#"{"#, .badJSON, nil), (#"{}"#, .badFrame, nil), (#"{"type":1}"#, .badFrame, nil),
            (#"{"type":"fly","ref":3}"#, .unknownType, 3), (#"{"type":"open","ref":4}"#, .badFrame, 4),
            (#"{"type":"open","conversation":"x","ref":5}"#, .badFrame, 5),
            (#"{"type":"send","ref":6,"kind":"text","body":{"text":"a"}}"#, .clientIDInvalid, 6),
            (#"{"type":"send","ref":7,"clientID":"01J9Z3N4E5F6G7H8J9K0M1N2P3","kind":"dance","body":{}}"#, .unknownKind, 7),
            (#"{"type":"send","ref":8,"clientID":"01J9Z3N4E5F6G7H8J9K0M1N2P3","kind":"text"}"#, .badFrame, 8),
            (#"{"type":"receipt","ref":9}"#, .badFrame, 9), (#"{"type":"receipt","read":-1}"#, .badFrame, nil),
            (#"{"type":"typing","on":"yes"}"#, .badFrame, nil), (#"{"type":"sync"}"#, .badFrame, nil),
            (#"{"type":"init","protocol":1,"ticket":"t","conversations":{"x":1}}"#, .badFrame, nil),
        ] as [(String, FrameErrorCode, Int64?)])
    func refuses(_ text: String, _ code: FrameErrorCode, _ ref: Int64?) throws {
        let error = #expect(throws: FrameError.self) { try parse(text) }
        #expect(error?.code == code)
        #expect(error?.ref == ref)
    }

    @Test("every error code has a name of its own")
    func codes() {
        #expect(Set(FrameErrorCode.allCases.map(\.rawValue)).count == FrameErrorCode.allCases.count)
    }
}

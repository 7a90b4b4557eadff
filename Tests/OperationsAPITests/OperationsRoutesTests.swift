import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import Vocabulary
import WebServer

@testable import Crashes
@testable import OperationsAPI

/// The door with everything in front of it, on real folders of evidence.
struct OperationsRoutesTests {
    let directory: TemporaryDirectory
    private let lantern = WorkspaceID.make(at: Timestamp(milliseconds: 1))
    private let harbour = WorkspaceID.make(at: Timestamp(milliseconds: 1))
    private let clock = ManualClock()

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func end(_ name: String, _ death: String) throws {
        let path = "\(directory.path)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try directory.write(death, to: "\(name)/death")
    }

    private func get(_ path: String, as role: Role?, of workspace: WorkspaceID? = nil) async throws -> (
        status: Int, text: String, cache: String?
    ) {
        let router = Router(context: RequestScope.self)
        router.addHouseMiddleware()
        let lantern = lantern
        OperationsRoutes(
            store: CrashStore(directory: directory.path), founding: { $0 == lantern ? Timestamp(milliseconds: 1_000) : nil }, clock: clock
        ).add(to: router)
        var scope = RequestScope(source: RequestSource(logger: .silent, isSecure: true))
        scope.principal = role.map { role in
            MemberPrincipal(
                member: .make(at: clock.now()), workspace: workspace ?? lantern, session: .make(at: clock.now()), role: role, name: "Ada")
        }
        let head = HTTPRequest(method: .get, scheme: "https", authority: "lantern.example", path: "/api/operations/" + path)
        let response = try await router.buildResponder().respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: scope)
        let collector = Collector()
        try await response.body.write(collector)
        return (response.status.code, String(buffer: collector.bytes.buffer.withLock { $0 }), response.headers[.cacheControl])
    }

    @Test("owners and admins of the first workspace see the ends, nobody else", arguments: ["ends", "ends/20261121-180211-1"])
    func admission(path: String) async throws {
        try end("20261121-180211-1", "signal 4")
        for (role, workspace, status) in [
            (Role?.none, lantern, 401), (.agent, lantern, 403), (.admin, lantern, 200), (.owner, lantern, 200), (.owner, harbour, 403),
            (.admin, harbour, 403),
        ] {
            let answer = try await get(path, as: role, of: workspace)
            #expect(answer.status == status, "\(role.map(\.rawValue) ?? "nobody") \(answer.text)")
            #expect(status == 200 || !answer.text.contains("SIGILL"))
        }
    }

    @Test("the list is newest first, in the language that is asked for, and says which are alike")
    func list() async throws {
        try end("20261121-180211-1", "kind signal\nsignal 9\nended_ms 2000\nuptime_ms 500")
        try end("20261121-180212-2", "kind restart\nexit_code 0\nended_ms 3000")
        try end("20261121-180213-3", "kind signal\nsignal 9\nended_ms 4000")
        try directory.write("time_ms 7\nexit_code 78\nsentence a broken setting", to: "last-refusal")
        let english = try await get("ends", as: .owner)
        let list = try JSONDecoder().decode(ListAnswer.self, from: Data(english.text.utf8))
        #expect(list.items.map(\.id) == ["20261121-180213-3", "20261121-180212-2", "20261121-180211-1"])
        #expect(list.items.map(\.unplanned) == [true, false, true] && list.items.map(\.similar) == [2, 1, 2])
        #expect(list.items.last?.at == 2_000 && list.items.last?.uptime == 500 && list.foundedAt == 1_000)
        #expect(list.refusal?.exitCode == 78 && english.cache == "no-store")
        let chinese = try await get("ends?language=zh", as: .owner)
        #expect(english.text.contains("Somebody outside killed") && chinese.text.contains("被外部杀死"))
    }

    @Test("one end tells its evidence and what to do; one that is gone is 404", arguments: ["en", "zh"])
    func one(language: String) async throws {
        try end("20261121-180211-1", "kind signal\nsignal 15\nsender_pid 99\nsender_command python3 deploy.py")
        let answer = try await get("ends/20261121-180211-1?language=\(language)", as: .owner)
        let detail = try JSONDecoder().decode(DetailAnswer.self, from: Data(answer.text.utf8))
        #expect(detail.end.sentence.contains("python3 deploy.py") && !detail.evidence.isEmpty && !detail.remedies.isEmpty)
        for name in ["20261121-180299-1", "..", "%2e%2e%2fetc", "x", "20261121-180211-1%00"] {
            #expect(try await get("ends/\(name)", as: .owner).status == 404, "\(name)")
        }
    }

    @Test("a certificate is read once, and gone when its folder is")
    func shelf() async throws {
        try end("20261121-180211-1", "signal 4")
        try Coroner.certify(directory: "\(directory.path)/20261121-180211-1")
        let shelf = EndShelf(store: CrashStore(directory: directory.path))
        #expect(shelf.all().count == 1)
        try directory.write("{}", to: "20261121-180211-1/certificate.json")
        #expect(shelf.certificate("20261121-180211-1")?.cause == .trap)
        try FileManager.default.removeItem(atPath: "\(directory.path)/20261121-180211-1")
        #expect(shelf.all().isEmpty && shelf.certificate("20261121-180211-1") == nil)
    }
}

private struct ListAnswer: Decodable {
    struct Item: Decodable {
        let id: String
        let at: Int64
        let unplanned: Bool
        let uptime: Int64?
        let similar: Int
    }

    struct Refused: Decodable { let exitCode: Int }

    let foundedAt: Int64
    let items: [Item]
    let refusal: Refused?
}

private struct DetailAnswer: Decodable {
    struct End: Decodable { let sentence: String }
    struct Line: Decodable { let name: String }

    let end: End
    let evidence: [Line]
    let remedies: [String]
}

/// Gathers a response's body.
private struct Collector: ResponseBodyWriter {
    final class Bytes: Sendable {
        let buffer = Mutex(ByteBuffer())
    }

    let bytes = Bytes()

    mutating func write(_ buffer: ByteBuffer) async throws {
        var buffer = buffer
        bytes.buffer.withLock { _ = $0.writeBuffer(&buffer) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

import Supervision
import TestSupport
import Testing

@Suite("What supervisor, workers and people write to each other")
struct TextTests {
    @Test(
        "means the same on both sides",
        arguments: [
            ToWorker.open(isFirst: true, isBeside: false), .open(isFirst: false, isBeside: false), .drain, .handover, .reload,
            .level("debug", seconds: 900),
            .level("info", seconds: nil), .quarantine(HeldInput(fingerprint: 0xdead_beef, incident: "1a2b3c4d")), .off("health"),
        ])
    func toWorker(word: ToWorker) {
        #expect(ToWorker(word.text) == word)
    }

    @Test(
        "means the same on the way back",
        arguments: [
            FromWorker.stage(WorkerStage(number: 4, name: "storage")), .prepared, .ready, .refused(78, sentence: "a b c"),
            .status("{\"a\": 1}"), .draining, .handed,
        ])
    func fromWorker(word: FromWorker) {
        #expect(FromWorker(word.text) == word)
    }

    @Test(
        "means nothing when it is anything else",
        arguments: ["", " ", "stage", "stage x y", "refused", "refused x", "level", "quarantine zz", "off", "flood"])
    func noise(text: String) {
        #expect(ToWorker(text) == nil && FromWorker(text) == nil)
    }

    @Test("never ends the reader, whatever the bytes")
    func fuzz() {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<64, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            let text =
                ["stage ", "refused ", "level ", "listen ", "data /", "quarantine ", ""].randomElement(using: &dice).map {
                    $0 + String(decoding: bytes, as: UTF8.self)
                } ?? ""
            _ = (ToWorker(text), FromWorker(text), WorkerPlan(text + "\nend\n"), PortPlan(text), OrderText.read(text))
        }
    }

    @Test("is a plan only when it is whole")
    func plan() throws {
        let plan = WorkerPlan(
            dataDirectory: "/srv/a folder/data",
            ports: [PortPlan(isSecure: true, address: "::1", port: 8_443), PortPlan(isSecure: false, address: "127.0.0.1", port: 0)],
            drain: 1_500, isLogJSON: true)
        #expect(WorkerPlan(plan.text) == plan)
        #expect(WorkerPlan(String(plan.text.dropLast(5))) == nil)
        #expect(WorkerPlan("listen http 127.0.0.1 80\nend\n") == nil)
        #expect(WorkerPlan("data relative\nend\n") == nil)
        #expect(WorkerPlan("data /d\nlisten http 127.0.0.1 65536\nend\n") == nil)
        #expect(try #require(WorkerPlan("data /d\nfuture word\nend\n")).crashes == "/d/crashes")
    }

    @Test(
        "is an order of the command line",
        arguments: [Order.restart, .drain, .stop, .reload, .resume, .level("debug", seconds: 60), .level("info", seconds: nil)])
    func order(order: Order) {
        #expect(OrderText.read(OrderText.write(order)) == .order(order))
    }

    @Test(
        "is no order",
        arguments: ["level loud", "level debug x", "level debug 0", "level debug 99999999", "restart now", "", "STATUS", "stop stop"])
    func noOrder(text: String) {
        #expect(OrderText.read(text) == nil)
    }

    @Test("says how a process ended, from its wait status")
    func ends() {
        #expect(WorkerEnd(waitStatus: 0) == .exited(0))
        #expect(WorkerEnd(waitStatus: 78 << 8) == .exited(78) && WorkerEnd.exited(78).isRefusal && WorkerEnd.exited(78).needsPerson)
        #expect(WorkerEnd(waitStatus: 9) == .signalled(9, hasCore: false) && WorkerEnd(waitStatus: 9).shellCode == 137)
        #expect(WorkerEnd(waitStatus: 0x80 | 4) == .signalled(4, hasCore: true))
        #expect("\(WorkerEnd(waitStatus: 15))" == "SIGTERM" && !WorkerEnd.exited(1).isRefusal && !WorkerEnd.exited(75).needsPerson)
    }

    @Test("is supervised only when a server is asked for and nobody says otherwise")
    func wanted() {
        #expect(Supervision.isWanted(["switchboard", "serve", "--http-port", "0"]))
        #expect(Supervision.isWanted(["switchboard", "proxy"]))
        for arguments in [
            ["switchboard"], ["switchboard", "serve", "--help"], ["switchboard", "serve", "--unsupervised"],
            ["switchboard", "worker", "serve"], ["switchboard", "config"],
        ] {
            #expect(!Supervision.isWanted(arguments))
        }
    }
}

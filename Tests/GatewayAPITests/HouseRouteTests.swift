import Gateway
import Testing
import Vocabulary

@testable import GatewayAPI

struct HouseRouteTests {
    @Test("settings tell value, default and origin; the first workspace's owner changes them")
    func settings() async throws {
        let door = try await GatewayDoor()
        func firstByte(_ answer: Answer) -> JSON { answer.items.first { $0["key"] == "FIRST_BYTE_TIME" } ?? .absent }
        let before = firstByte(try await door.get("settings", as: door.bo))
        #expect(before["value"] == "120" && before["default"] == "120" && before["origin"] == "default" && before["unit"] == "s")
        let changed = try await door.patch("settings", #"{"FIRST_BYTE_TIME":"60"}"#, as: door.ada)
        #expect(changed.status == 200 && firstByte(changed)["value"] == "60" && firstByte(changed)["origin"] == "console")
        #expect(door.room.settings.current.firstByteTime == .seconds(60))
        let reset = try await door.patch("settings", #"{"FIRST_BYTE_TIME":null}"#, as: door.ada)
        #expect(firstByte(reset) == before)
    }

    @Test("settings refuse what is out of range, unknown, or not theirs to change")
    func settingFaults() async throws {
        let door = try await GatewayDoor()
        let wrong = try await door.patch("settings", #"{"FIRST_BYTE_TIME":"0","QUEUE":"1","NO_SUCH":"1"}"#, as: door.ada)
        #expect(wrong.status == 422 && wrong.code == "gateway.invalid" && Set(wrong.fields) == ["FIRST_BYTE_TIME", "NO_SUCH"])
        #expect(wrong.text.contains("1–3600"))
        #expect(door.room.settings.current.queueLength == 100, "all or none")
        #expect(try await door.patch("settings", #"{"QUEUE":1}"#, as: door.ada).fields == ["QUEUE"])
        let foreign = try await door.patch("settings", #"{"QUEUE":"1"}"#, as: door.eve)
        #expect(foreign.status == 403 && foreign.code == "gateway.forbidden")
    }

    @Test("the audit log tells who changed what, newest first, without secrets")
    func audit() async throws {
        let door = try await GatewayDoor()
        let id = try await door.node()
        _ = try await door.patch("nodes/\(id)", #"{"credential":"sk-north-another","weight":7}"#, as: door.cleo)
        let answer = try await door.get("audit?limit=1", as: door.cleo)
        let line = answer.items[0]
        #expect(line.names == ["at", "who", "origin", "action", "subject", "name", "changes"])
        #expect(
            line["who"]["name"] == "Cleo" && line["origin"] == "console" && line["action"] == "node.changed" && line["subject"] == .text(id)
        )
        #expect(line["changes"].list.map { $0["field"] } == ["credential", "weight"] && line["changes"][0]["to"] == "•••")
        let next = try await door.get("audit?limit=1&cursor=\(answer.json["next"].text)", as: door.cleo)
        #expect(next.items[0]["action"] == "node.created" && next.json["next"] == nil)
        #expect(!answer.text.contains("sk-north") && !next.text.contains("sk-north"))
        #expect(try await door.get("audit", as: door.eve).items.isEmpty)
    }

    @Test(
        "programs find the gateway where the settings say, else where the console is",
        arguments: [
            (GatewayAddress(), "https://desk.example", "https://desk.example"),
            (GatewayAddress(publicOrigin: "https://models.example", port: 9_000), "https://desk.example", "https://models.example"),
            (GatewayAddress(port: 9_000), "http://127.0.0.1:8080", "http://127.0.0.1:9000"),
            (GatewayAddress(port: 9_000, isSecure: true), "https://desk.example:8443", "https://desk.example:9000"),
            // A proxy speaks TLS before the console's port, not before this one.
            (GatewayAddress(port: 9_000), "https://desk.example", "http://desk.example:9000"),
            (GatewayAddress(port: 443, isSecure: true), "https://desk.example", "https://desk.example"),
            (GatewayAddress(port: 9_000), "http://[::1]:8080", "http://[::1]:9000"),
            (GatewayAddress(port: 9_000), "http://[::1]", "http://[::1]:9000"),
        ])
    func address(address: GatewayAddress, console: String, expected: String) {
        #expect(address.base(consoleOrigin: console) == expected)
        #expect(address.base(consoleOrigin: nil) == address.publicOrigin)
    }

    @Test("every member is told the address, in both families' forms")
    func addressRoute() async throws {
        let door = try await GatewayDoor()
        let told = try await door.get("address", as: door.bo)
        #expect(told.json == .object(["anthropic": "https://lantern.example", "openai": "https://lantern.example/v1"]))
        #expect(try await door.get("address", as: nil).status == 401)
    }
}

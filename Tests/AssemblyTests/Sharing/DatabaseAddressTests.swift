import Assembly
import Settings
import Testing
import Vocabulary

@Suite("Addresses of what instances share")
struct DatabaseAddressTests {
    private func server(_ text: String) -> ServerAddress? {
        if case .server(let address) = DatabaseAddress(text) { address } else { nil }
    }

    @Test("a URL's parts are decoded; without a port it is 3306; TLS is off on this machine and required elsewhere")
    func url() throws {
        let far = try #require(server("mysql://lantern:p%40ss%3A%2F@db.example/house"))
        #expect(far.host == "db.example" && far.port == 3_306 && far.user == "lantern" && far.database == "house")
        #expect(far.password.reveal() == "p@ss:/" && far.tls == .required && far.authorities == nil)
        let near = try #require(server("MySQL://kim:secret@127.0.0.1:3307/house"))
        #expect(near.port == 3_307 && near.tls == .off)
        let six = try #require(server("mariadb://kim:a@b@[::1]/house?tls=verify&ca=/etc/ca.pem"))
        #expect(six.host == "::1" && six.password.reveal() == "a@b" && six.tls == .verify && six.authorities == "/etc/ca.pem")
        #expect("\(six)" == "[::1]:3306/house")
    }

    @Test("the predecessor's form means the same, with its password as it is and its driver's parameters left alone")
    func predecessor() throws {
        let address = try #require(server("lantern:p@ss/w:rd%@tcp(db.example:3308)/house?parseTime=true&charset=utf8mb4&tls=true"))
        #expect(address.host == "db.example" && address.port == 3_308 && address.database == "house")
        #expect(address.user == "lantern" && address.password.reveal() == "p@ss/w:rd%" && address.tls == .verify)
        #expect(server("kim:x@tcp([::1]:1)/house?tls=skip-verify")?.tls == .required)
    }

    @Test(
        "what is malformed is refused",
        arguments: [
            "", "mysql://", "mysql://host/house", "mysql://kim@/house", "mysql://kim@host", "mysql://kim@host/", "mysql://kim@host:0/house",
            "mysql://kim@host:65536/house", "mysql://kim@ho st/house", "mysql://kim:%4@host/house", "mysql://kim:%00@host/house",
            "mysql://kim:%ff@host/house", "mysql://kim@host/house?tls=maybe", "mysql://kim@host/house?ca=/x",
            "mysql://kim@host/house?more=1",
            "mysql://kim@host/ho use", "mysql://kim@host/a/b", "mysql://kim@[::1/house", "postgres://kim@host/house",
            "kim:x@unix(/s)/house",
            "kim:x@tcp(host:1)", "mysql://kim:" + String(repeating: "x", count: 2_000) + "@host/house",
        ])
    func malformed(_ text: String) {
        #expect(server(text) == nil)
    }

    @Test("a file's folder may be named by the file")
    func file() throws {
        for (text, folder) in [("sqlite:", nil), ("sqlite:/srv/data", "/srv/data"), ("sqlite:data/switchboard.sqlite", "data")] {
            guard case .file(let found) = DatabaseAddress(text) else { Issue.record("\(text)"); continue }
            #expect(found == folder)
        }
    }

    @Test("Redis has a number for its database, and TLS by its scheme")
    func redis() throws {
        let plain = try #require(ServerAddress(redis: "redis://127.0.0.1"))
        #expect(plain.port == 6_379 && plain.database == "0" && plain.user.isEmpty && plain.tls == .off)
        let secure = try #require(ServerAddress(redis: "rediss://:p%20w@cache.example:6380/3?ca=/ca.pem"))
        #expect(secure.password.reveal() == "p w" && secure.database == "3" && secure.tls == .verify && secure.authorities == "/ca.pem")
        for text in [
            "redis:", "redis://", "redis://host/x", "redis://host/-1", "redis://host/01", "redis://host?tls=required", "http://host",
        ] {
            #expect(ServerAddress(redis: text) == nil, "\(text)")
        }
    }

    @Test("the settings take them and never show them")
    func settings() throws {
        let secret = "do-not-show-this"
        let flags = ["--database-url", "mysql://kim:\(secret)@host/house", "--redis-url", "redis://:\(secret)@host"]
        let settings = try Settings.load(catalogue: HouseSettings.catalogue, flags: flags, environment: [:], directory: "/nowhere")
        #expect(settings.databaseServer?.password.reveal() == secret && settings[HouseSettings.redisURL]?.host == "host")
        #expect(!settings.describe().contains(secret) && !settings.describeAsJSON().contains(secret) && !"\(settings)".contains(secret))
        let old = try Settings.load(
            catalogue: HouseSettings.catalogue, flags: [], environment: ["PROXY_MYSQL_DSN": "kim:\(secret)@tcp(host:1)/house"],
            directory: "/nowhere")
        #expect(old.databaseServer?.port == 1)
        let wrong = #expect(throws: SettingsError.self) {
            try Settings.load(
                catalogue: HouseSettings.catalogue, flags: ["--database-url", "mysql://\(secret)"], environment: [:], directory: "/nowhere")
        }
        #expect(wrong?.description.contains(secret) == false && wrong?.description.contains("DATABASE_URL") == true)
        #expect(throws: SettingsError.self) {
            try Settings.load(
                catalogue: HouseSettings.catalogue, flags: ["--database-url", "sqlite:elsewhere"], environment: [:], directory: "/nowhere")
        }
    }
}

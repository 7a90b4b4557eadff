import Host
import Testing

struct DiskFactsTests {
    @Test("the file system is that of the deepest mount point, not of one whose name only begins alike")
    func mounts() {
        let table = """
            22 1 0:20 / / rw - overlay overlay rw
            30 22 8:1 / /data rw,noatime shared:1 - ext4 /dev/sda1 rw
            31 30 0:40 / /data/share rw - nfs4 server:/x rw
            broken line
            """
        #expect(DiskFacts.kind(of: "/data/desk", in: table) == "ext4")
        #expect(DiskFacts.kind(of: "/data/share/x", in: table) == "nfs4")
        #expect(DiskFacts.kind(of: "/database", in: table) == "overlay")
        #expect(DiskFacts.kind(of: "/x", in: "") == nil)
    }
}

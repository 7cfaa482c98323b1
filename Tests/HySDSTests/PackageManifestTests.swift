import HySDS
import Kubernetes
import Testing

@Suite("Package manifests")
struct PackageManifestTests {
    static let text = """
        {"containers": {"id": "container-a:1", "url": "a.tar.gz", "urls": "{\\"x86_64\\": \\"a.tar.gz\\", \\"arm64\\": \\"b.tar.gz\\"}"},
         "job_specs": [{"id": "job-a:1", "container": "container-a:1", "dependency_images": [
            {"container_image_name": "dep", "container_image_url": "s3://other/b/dep.tar.gz", "container_image_urls": "{\\"arm64\\": \\"dep.tar.gz\\"}"},
            {"container_image_name": "none", "container_image_url": null}]}],
         "hysds_ios": [{"id": "io-a:1", "job-specification": "job-a:1"}, {"id": "io-a:1", "job-specification": "job-a:1"}]}
        """

    @Test("name every image, of one and of several architectures")
    func images() throws {
        let manifest = try PackageManifest(parsing: Array(Self.text.utf8))
        #expect(manifest.id == "container-a:1" && PackageManifest.folder(of: manifest.id) == "container-a-1.sdspkg")
        #expect(manifest.images.map(\.name) == ["b.tar.gz", "a.tar.gz", "a.tar.gz", "dep.tar.gz", "dep.tar.gz"])
        #expect(manifest.images.map(\.dependency) == [nil, nil, nil, "dep", "dep"])
        #expect(manifest.images.map(\.isAddress) == [false, false, false, false, true])
        #expect(manifest.hysdsIOs.count == 1, "the same document twice is one")
    }

    @Test("take other names in every place, and keep texts as Python spaces them")
    func mapping() throws {
        let manifest = try PackageManifest(parsing: Array(Self.text.utf8)).mappingImages { "s3://h/b/\($0.name)" }
        #expect(manifest.container["url"] == "s3://h/b/a.tar.gz")
        #expect(
            manifest.container["urls"]
                == #"{"arm64": "s3://h/b/b.tar.gz", "x86_64": "s3://h/b/a.tar.gz"}"#)
        let dependencies = manifest.jobSpecs[0]["dependency_images"]
        #expect(dependencies?[0]?["container_image_url"] == "s3://h/b/dep.tar.gz")
        #expect(dependencies?[1]?["container_image_url"] == .null)
    }

    @Test(
        "are refused by key",
        arguments: [
            ("[]", "expected an object"), ("{", "expected JSON"),
            (#"{"containers": {"id": ""}, "job_specs": [], "hysds_ios": []}"#, "containers.id"),
            (#"{"containers": {"id": "c", "url": 3}, "job_specs": [], "hysds_ios": []}"#, "containers.url"),
            (#"{"containers": {"id": "c", "url": "a/b"}, "job_specs": [], "hysds_ios": []}"#, "containers.url"),
            (#"{"containers": {"id": "c", "urls": "{}x"}, "job_specs": [], "hysds_ios": []}"#, "containers.urls"),
            (#"{"containers": {"id": "c"}, "hysds_ios": []}"#, "job_specs"),
            (#"{"containers": {"id": "c"}, "job_specs": [{"id": "j"}], "hysds_ios": []}"#, "job_specs[0].container"),
            (
                #"{"containers": {"id": "c"}, "job_specs": [], "hysds_ios": [{"id": "h", "job-specification": "j"}]}"#,
                "hysds_ios[0].job-specification"
            ),
            (
                #"{"containers": {"id": "c"}, "job_specs": [], "hysds_ios": [], "user_rules": {"x": [{}]}}"#,
                "user_rules.x"
            ),
        ])
    func refusals(text: String, key: String) {
        #expect { try PackageManifest(parsing: Array(text.utf8)) } throws: {
            "\($0)".contains("manifest.json: \(key)") || "\($0)".contains(key)
        }
    }

    @Test("find an object by each form of an address")
    func addresses() throws {
        let full = try #require(BucketAddress("s3://s3.example.org:9000/code/a/b.tar.gz"))
        #expect(full.endpoint == "s3.example.org:9000" && full.bucket == "code" && full.key == "a/b.tar.gz")
        let short = try #require(BucketAddress("s3://code/a.tar.gz", bucket: "code", endpoint: "e"))
        #expect(short.description == "s3://e/code/a.tar.gz")
        for text in ["s3://code", "s3://e//k", "http://e/b/k", "a.tar.gz", "s3://e/b/"] {
            #expect(BucketAddress(text) == nil, "\(text)")
        }
        #expect(BucketAddress("s3s://e/b/k")?.scheme == "s3s")
    }
}

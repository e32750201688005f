# Sourced inside network and mount namespaces of its own, with $work set to an empty folder: starts
# nsd, unbound, nginx and Postfix for the domains of the peer tests and the link bench, all on
# addresses of the loopback interface.
cd "$work" || exit 1
die() { echo "peers: $*" >&2; exit 1; }

# The network: everything on the loopback interface of this namespace. -------------------------
ip link set lo up
for address in 198.18.0.53 198.18.0.54 198.18.0.80 198.18.1.25 198.18.1.26 198.18.1.27 198.18.1.28 198.18.1.29 \
	198.18.2.{1..10}; do
	ip addr add "$address/32" dev lo
done
ip -6 addr add 2001:db8:1::25/128 dev lo nodad

# A certificate authority, and its root as the only anchor of this namespace. -------------------
mkdir -p ca trust certs
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
	-keyout ca/root.key -out ca/root.pem -subj "/CN=Peer Test Root" 2>/dev/null || die "no root"
# issue NAME SAN DAYS: a leaf; DAYS below zero is expired already.
issue() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "certs/$1.key" -out "certs/$1.csr" -subj "/CN=$1" 2>/dev/null
	printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$2" >"certs/$1.ext"
	openssl x509 -req -in "certs/$1.csr" -CA ca/root.pem -CAkey ca/root.key -CAcreateserial \
		-days "$3" -extfile "certs/$1.ext" -out "certs/$1.pem" 2>/dev/null || die "no certificate $1"
	chmod 644 "certs/$1.key"
}
policy_names=
for d in good testing redirect wrongname nostarttls notinpolicy deep null v6 twoaddr five chasquid; do
	policy_names="$policy_names${policy_names:+,}DNS:mta-sts.$d.test"
done
issue web "$policy_names" 300
openssl req -new -key certs/web.key -out certs/old.csr -subj "/CN=old" 2>/dev/null
cp certs/web.key certs/old.key
printf 'subjectAltName=DNS:mta-sts.expired.test\n' >certs/old.ext
openssl x509 -req -in certs/old.csr -CA ca/root.pem -CAkey ca/root.key -CAcreateserial -days -1 \
	-extfile certs/old.ext -out certs/old.pem 2>/dev/null || die "no expired certificate"
issue mx "DNS:mx1.good.test,DNS:mx2.good.test,DNS:mx.in.deep.test,DNS:mx.v6.test,DNS:mx.twoaddr.test,DNS:mx.chasquid.test,DNS:*.five.test" 300
issue other "DNS:mail.hoster.test" 300
cp ca/root.pem trust/root.pem
openssl rehash trust 2>/dev/null
mount --bind trust /etc/ssl/certs || die "cannot bind the trust store"
echo "nameserver 198.18.0.53" >resolv.conf
mount --bind resolv.conf /etc/resolv.conf || die "cannot bind resolv.conf"

# DNS: nsd has the root and test., unbound is what the program asks. ------------------------------
{
	echo '$TTL 300'
	echo '. IN SOA ns.test. hostmaster.test. 1 3600 600 86400 300'
	echo '. IN NS ns.test.'
	echo 'ns.test. IN A 198.18.0.54'
	for d in good testing expired redirect wrongname nostarttls notinpolicy deep null v6 twoaddr five chasquid; do
		echo "_mta-sts.$d.test. IN TXT \"v=STSv1; id=20260101T000000;\""
		echo "_smtp._tls.$d.test. IN TXT \"v=TLSRPTv1; rua=mailto:tls@reports.test\""
		echo "mta-sts.$d.test. IN A 198.18.0.80"
	done
	cat <<-'EOT'
	reports.test. IN MX 10 mx1.good.test.
	good.test. IN MX 10 mx1.good.test.
	good.test. IN MX 20 mx2.good.test.
	mx1.good.test. IN A 198.18.1.25
	mx1.good.test. IN AAAA 2001:db8:1::25
	mx2.good.test. IN A 198.18.1.26
	testing.test. IN MX 10 mx1.good.test.
	nopolicy.test. IN MX 10 mx1.good.test.
	expired.test. IN MX 10 mx1.good.test.
	redirect.test. IN MX 10 mx1.good.test.
	wrongname.test. IN MX 10 mx.wrongname.test.
	mx.wrongname.test. IN A 198.18.1.27
	nostarttls.test. IN MX 10 mx.nostarttls.test.
	mx.nostarttls.test. IN A 198.18.1.28
	notinpolicy.test. IN MX 10 mx1.good.test.
	deep.test. IN MX 10 mx.in.deep.test.
	mx.in.deep.test. IN A 198.18.1.25
	null.test. IN MX 0 .
	chasquid.test. IN MX 10 mx.chasquid.test.
	mx.chasquid.test. IN A 198.18.1.29
	v6.test. IN MX 10 mx.v6.test.
	mx.v6.test. IN AAAA 2001:db8:1::25
	twoaddr.test. IN MX 10 mx.twoaddr.test.
	mx.twoaddr.test. IN A 198.18.1.25
	mx.twoaddr.test. IN A 198.18.1.27
	EOT
	for n in 1 2 3 4 5; do
		echo "five.test. IN MX ${n}0 mx$n.five.test."
		echo "mx$n.five.test. IN A 198.18.2.$((2 * n - 1))"
		echo "mx$n.five.test. IN A 198.18.2.$((2 * n))"
	done
} >root.zone
cat >nsd.conf <<EOT
server:
	ip-address: 198.18.0.54
	username: ""
	chroot: ""
	zonesdir: "$work"
	database: ""
	pidfile: "$work/nsd.pid"
	xfrdfile: "$work/xfrd.state"
	logfile: "$work/nsd.log"
	hide-version: yes
remote-control:
	control-enable: no
zone:
	name: "."
	zonefile: "$work/root.zone"
EOT
nsd -c nsd.conf || die "nsd: $(cat nsd.log)"
cat >unbound.conf <<EOT
server:
	interface: 198.18.0.53
	access-control: 0.0.0.0/0 allow
	username: ""
	chroot: ""
	directory: "$work"
	pidfile: "$work/unbound.pid"
	logfile: "$work/unbound.log"
	use-syslog: no
	do-not-query-localhost: no
	module-config: "iterator"
	local-zone: "test." nodefault
	local-zone: "invalid." nodefault
	do-ip6: no
remote-control:
	control-enable: no
stub-zone:
	name: "."
	stub-addr: 198.18.0.54
EOT
unbound -c unbound.conf || die "unbound: $(cat unbound.log)"

# HTTPS: nginx. -----------------------------------------------------------------------------------
# policy DOMAIN MODE PATTERN...
policy() {
	local domain=$1 mode=$2
	shift 2
	mkdir -p "www/mta-sts.$domain/.well-known"
	{
		printf 'version: STSv1\nmode: %s\n' "$mode"
		printf 'mx: %s\n' "$@"
		printf 'max_age: 1209600\n'
	} >"www/mta-sts.$domain/.well-known/mta-sts.txt"
	# The id of the records reads as this date: the file is no younger.
	touch -d 2026-01-01T00:00:00Z "www/mta-sts.$domain/.well-known/mta-sts.txt"
}
policy good.test enforce mx1.good.test mx2.good.test
policy testing.test testing mx1.good.test
policy expired.test enforce mx1.good.test
policy wrongname.test enforce mx.wrongname.test
policy nostarttls.test enforce mx.nostarttls.test
policy notinpolicy.test enforce mx9.good.test
policy deep.test enforce '*.deep.test' 
policy null.test enforce mx1.good.test
policy chasquid.test enforce mx.chasquid.test
policy v6.test enforce mx.v6.test
policy twoaddr.test enforce mx.twoaddr.test
policy five.test enforce mx{1..5}.five.test
cat >nginx.conf <<EOT
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path $work/ngx; proxy_temp_path $work/ngx; fastcgi_temp_path $work/ngx;
	uwsgi_temp_path $work/ngx; scgi_temp_path $work/ngx;
	types { text/plain txt; }
	server {
		listen 198.18.0.80:443 ssl default_server;
		server_name _;
		ssl_certificate $work/certs/web.pem; ssl_certificate_key $work/certs/web.key;
		root $work/www/\$host;
	}
	server {
		listen 198.18.0.80:443 ssl;
		server_name mta-sts.redirect.test;
		ssl_certificate $work/certs/web.pem; ssl_certificate_key $work/certs/web.key;
		return 301 https://mta-sts.good.test\$request_uri;
	}
	server {
		listen 198.18.0.80:443 ssl;
		server_name mta-sts.expired.test;
		ssl_certificate $work/certs/old.pem; ssl_certificate_key $work/certs/old.key;
		root $work/www/mta-sts.expired.test;
	}
}
EOT
mkdir -p ngx
chmod -R a+rX www certs
nginx -c "$work/nginx.conf" 2>nginx.err || die "nginx: $(cat nginx.err)"

# SMTP: Postfix, one smtpd per address. -------------------------------------------------------------
mkdir -p pf/queue pf/data
chown postfix pf/data
cat >pf/main.cf <<EOT
compatibility_level = 3.6
queue_directory = $work/pf/queue
data_directory = $work/pf/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx1.good.test
inet_interfaces = all
inet_protocols = all
mydestination =
local_recipient_maps =
smtpd_tls_security_level = may
smtpd_tls_cert_file = $work/certs/mx.pem
smtpd_tls_key_file = $work/certs/mx.key
smtpd_peername_lookup = no
maillog_file_prefixes = $work
maillog_file = $work/postfix.log
EOT
cat >pf/master.cf <<EOT
198.18.1.25:25 inet n - n - - smtpd
[2001:db8:1::25]:25 inet n - n - - smtpd
198.18.1.26:25 inet n - n - - smtpd
198.18.1.27:25 inet n - n - - smtpd
	-o smtpd_tls_cert_file=$work/certs/other.pem -o smtpd_tls_key_file=$work/certs/other.key
198.18.1.28:25 inet n - n - - smtpd -o smtpd_tls_security_level=none
$(for n in {1..10}; do echo "198.18.2.$n:25 inet n - n - - smtpd"; done)
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
postlog unix-dgram n - n - 1 postlogd
EOT
postfix -c "$work/pf" start 2>pf.err || die "postfix: $(cat pf.err)"

# SMTP: chasquid, another server with other habits (Go), where it is installed. Exim and OpenSMTPD cannot
# be installed beside Postfix on Debian, and Debian 12's OpenSMTPD has no STARTTLS that works.
if command -v chasquid >/dev/null; then
	mkdir -p cq/certs/mx.chasquid.test cq/domains/chasquid.test cq/data
	cp certs/mx.pem cq/certs/mx.chasquid.test/fullchain.pem
	cp certs/mx.key cq/certs/mx.chasquid.test/privkey.pem
	cat >cq/chasquid.conf <<-EOT
	hostname: "mx.chasquid.test"
	smtp_address: "198.18.1.29:25"
	submission_address: "198.18.1.29:587"
	submission_over_tls_address: "198.18.1.29:465"
	data_dir: "$work/cq/data"
	mail_log_path: "$work/cq/mail.log"
	EOT
	chasquid -config_dir="$work/cq" >cq/log 2>&1 &
fi

# Wait until each port answers: by connecting, not by the clock. -------------------------------------
wait_port() {
	local tries=0
	until (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 2000 ] || die "nothing answers on $1 port $2"
		read -rt 0.01 <> <(:) || true
	done
}
wait_port 198.18.0.54 53
wait_port 198.18.0.53 53
wait_port 198.18.0.80 443
for address in 198.18.1.25 198.18.1.26 198.18.1.27 198.18.1.28; do
	wait_port "$address" 25
done
if command -v chasquid >/dev/null; then
	wait_port 198.18.1.29 25
fi

/**
 * Passwords of 8 and more characters that head every published list of leaked ones, in lower case. Shorter ones are
 * refused by their length already.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `password password1 password12 password123 password1234 passw0rd p@ssw0rd p@ssword pa$$word 12345678 123456789 1234567890
  0123456789 9876543210 987654321 87654321 11111111 111111111 00000000 000000000 22222222 55555555 66666666 77777777 88888888
  99999999 12341234 11223344 12344321 123123123 147258369 123654789 12345679 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx
  1qaz2wsx3edc q1w2e3r4 q1w2e3r4t5 qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop qwertyuiop123 asdfasdf asdfghjk asdfghjkl
  asdf1234 zxcvbnm1 zxcvbnm123 qazwsxedc qweasdzxc abcd1234 abc12345 abcdefgh abcdefg1 a1b2c3d4 a1234567 aa123456 aa12345678
  aaaaaaaa iloveyou iloveyou1 sunshine sunshine1 princess princess1 football football1 baseball baseball1 basketball superman
  superman1 starwars trustno1 welcome1 welcome123 letmein1 letmein123 changeme changeme1 changeme123 changeit administrator
  admin123 admin1234 admin12345 adminadmin administrator1 rootroot root1234 toor1234 default1 guest123 test1234 testtest
  test12345 user1234 username secret123 secret1234 mysecret computer internet samsung1 whatever michelle jennifer jonathan
  jordan23 michael1 charlie1 liverpool chelsea1 arsenal1 pokemon1 naruto123 dragon123 monkey123 master123 shadow123 hello123
  killer123 freedom1 facebook google123 linkedin dropbox1 mustang1 corvette steelers yankees1 midnight butterfly chocolate
  elizabeth alexander blink182 maverick nicholas mercedes danielle garfield hardcore marlboro bigdaddy scorpion swordfish
  qwer1234 asdasdasd zaq12wsx zaq1zaq1 zaq1xsw2 1password passpass pass1234 passwort passwort1 motdepasse contraseña
  contrasena wachtwoord hallo123 schatz123 correcthorsebatterystaple`.split(/\s+/),
);
